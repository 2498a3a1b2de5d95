#include "read/provision.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { DESCRIPTORS = 8 }; /* a loop takes a poll, an event and a pipe for signals; the others are to spare */
enum { THREADS = 4 };     /* of libuv's pool */

static enum status fail(int failure, struct error *error) {
    return FAIL(error, STATUS_IO, "the event loop cannot start: %s", strerror(failure));
}

static enum status find_descriptors(struct error *error) {
    int held[DESCRIPTORS], count = 0, failure = 0;
    while (count < DESCRIPTORS && failure == 0) {
        held[count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        failure = held[count] < 0 ? errno : 0;
        count += failure == 0;
    }
    while (count > 0)
        close(held[--count]);
    return failure == 0 ? STATUS_OK : fail(failure, error);
}

/* Waits until all that there can be are there. */
static void *stand_by(void *gate) {
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

static enum status find_threads(struct error *error) {
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[THREADS];
    int count = 0, failure = 0;
    pthread_mutex_lock(&gate);
    while (count < THREADS && failure == 0) {
        failure = pthread_create(&threads[count], NULL, stand_by, &gate);
        count += failure == 0;
    }
    pthread_mutex_unlock(&gate);
    while (count > 0)
        pthread_join(threads[--count], NULL);
    return failure == 0 ? STATUS_OK : fail(failure, error);
}

enum status provision(struct error *error) {
    static atomic_bool has_threads; /* libuv keeps them; loops may begin on several threads */
    TRY(find_descriptors(error));
    if (!has_threads)
        TRY(find_threads(error));
    has_threads = true;
    return STATUS_OK;
}
