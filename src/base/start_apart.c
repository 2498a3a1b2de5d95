#include "base/start_apart.h"

void start_apart_init(struct start_apart *apart) {
    apart->known = sched_getaffinity(0, sizeof apart->allowed, &apart->allowed) == 0;
}

/* False: there are none. */
static bool find_others(const struct start_apart *apart, cpu_set_t *others) {
    const int here = sched_getcpu();
    if (!apart->known || here < 0 || here >= CPU_SETSIZE)
        return false;
    *others = apart->allowed;
    CPU_CLR((size_t)here, others);
    return CPU_COUNT(others) > 0;
}

static bool start_on(const cpu_set_t *processors, pthread_t *thread, void *(*run)(void *self), void *self) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    const bool started = pthread_attr_setaffinity_np(&attributes, sizeof *processors, processors) == 0 &&
                         pthread_create(thread, &attributes, run, self) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

bool start_apart_thread(const struct start_apart *apart, pthread_t *thread, void *(*run)(void *self), void *self) {
    cpu_set_t others;
    return (find_others(apart, &others) && start_on(&others, thread, run, self)) ||
           pthread_create(thread, NULL, run, self) == 0;
}

void start_apart_settle(const struct start_apart *apart) {
    if (apart->known)
        sched_setaffinity(0, sizeof apart->allowed, &apart->allowed);
}
