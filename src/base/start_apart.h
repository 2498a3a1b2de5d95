/* Threads that start on another processor than the one that makes them. The system often leaves a new thread on its
 * maker's, or takes it there when it wakes up, and it waits for some milliseconds before it is moved: as long as a
 * whole report from an index takes. */
#ifndef TRACECMP_START_APART_H
#define TRACECMP_START_APART_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

struct start_apart {   /* zeros: threads start anywhere */
    cpu_set_t allowed; /* to the thread that makes others */
    bool known;
};

void start_apart_init(struct start_apart *apart);
/* As pthread_create. Where there is no other processor the thread starts anywhere. */
bool start_apart_thread(const struct start_apart *apart, pthread_t *thread, void *(*run)(void *self), void *self);
/* By the new thread: from here on it may run on all that its maker may. */
void start_apart_settle(const struct start_apart *apart);

#endif
