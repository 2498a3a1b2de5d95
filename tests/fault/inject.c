/* Makes calls fail that hardly ever do. Preloaded into the program under test; $FAULT says which and when:
 *   KIND:N:ERRNO    the N-th call of a kind fails, once       KIND:N+:ERRNO   the N-th and all after it
 *   short           reads and writes of files move one to seven bytes at a time (of a pipe that would mean it is empty)
 *   again:ERRNO     every second read and write fails, to be tried again
 *   threads:N       no more than N threads beside the first one at any time
 *   signal:N:NUMBER the signal comes before the N-th call that writes a file, syncs it or gives it a name
 * Kinds: alloc, map, read, write, open. $FAULT_REACHED names a file that is made when a call has failed. Only files,
 * pipes and devices fail, not what a library has made for itself with pipe, eventfd and the like. What the C library
 * calls for itself (to write what was printed) never comes by here. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { NONE, ALLOC, MAP, READ, WRITE, OPEN, SHORT, AGAIN, THREADS, SIGNAL };
enum { DESCRIPTORS = 1024 };

static enum kind kind;
static unsigned long first_failing;
static bool lasting;
static int failure;
static const char *reached;
static atomic_ulong calls;
static atomic_long threads_alive;
static atomic_bool private[DESCRIPTORS];

/* The function behind ours. */
#define NEXT(name)                                                                                                     \
    static __typeof__(&name) next;                                                                                     \
    if (!next)                                                                                                         \
    next = (__typeof__(next))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    static const char *const names[] = {"none", "alloc", "map",   "read",    "write",
                                        "open", "short", "again", "threads", "signal"};
    const char *fault = getenv("FAULT");
    reached = getenv("FAULT_REACHED");
    if (!fault)
        return;
    char *at = strchr(fault, ':');
    const size_t size = at ? (size_t)(at - fault) : strlen(fault);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == size && memcmp(names[i], fault, size) == 0)
            kind = (enum kind)i;
    if (at && kind != AGAIN)
        first_failing = strtoul(at + 1, &at, 10);
    lasting = at && *at == '+';
    at = at ? strchr(at, ':') : NULL;
    failure = at ? atoi(at + 1) : 0;
}

static void note(void) {
    static atomic_bool noted;
    if (reached && !atomic_exchange(&noted, true))
        syscall(SYS_close, (int)syscall(SYS_openat, AT_FDCWD, reached, O_CREAT | O_WRONLY, 0600));
}

/* Does this call of the kind fail? */
static bool strikes(enum kind of) {
    if (kind != of)
        return false;
    const unsigned long call = atomic_fetch_add(&calls, 1) + 1;
    if (call != first_failing && !(lasting && call > first_failing))
        return false;
    note();
    errno = failure;
    return true;
}

static void signal_before(void) {
    if (strikes(SIGNAL))
        raise(failure);
}

void *malloc(size_t size) {
    NEXT(malloc);
    return strikes(ALLOC) ? NULL : next(size);
}

/* The first calls come from dlsym itself. */
void *calloc(size_t count, size_t size) {
    static _Alignas(16) char early[4096];
    static size_t used;
    static atomic_bool asking;
    static __typeof__(&calloc) next;
    if (!next && !atomic_exchange(&asking, true))
        next = (__typeof__(next))dlsym(RTLD_NEXT, "calloc");
    if (!next) {
        void *piece = early + used;
        used += (count * size + 15) & ~(size_t)15;
        return piece;
    }
    return strikes(ALLOC) ? NULL : next(count, size);
}

void *realloc(void *old, size_t size) {
    NEXT(realloc);
    return strikes(ALLOC) ? NULL : next(old, size);
}

void *reallocarray(void *old, size_t count, size_t size) {
    NEXT(reallocarray);
    return strikes(ALLOC) ? NULL : next(old, count, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    NEXT(aligned_alloc);
    return strikes(ALLOC) ? NULL : next(alignment, size);
}

int posix_memalign(void **into, size_t alignment, size_t size) {
    NEXT(posix_memalign);
    return strikes(ALLOC) ? ENOMEM : next(into, alignment, size);
}

void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset) {
    NEXT(mmap);
    return descriptor >= 0 && strikes(MAP) ? MAP_FAILED : next(address, size, protection, flags, descriptor, offset);
}

int pipe2(int ends[2], int flags) {
    NEXT(pipe2);
    const int status = next(ends, flags);
    for (int i = 0; status == 0 && i < 2; i++)
        if (ends[i] < DESCRIPTORS)
            atomic_store(&private[ends[i]], true);
    return status;
}

int close(int descriptor) {
    NEXT(close);
    if (descriptor >= 0 && descriptor < DESCRIPTORS)
        atomic_store(&private[descriptor], false);
    return next(descriptor);
}

static bool is_input_or_output(int descriptor) {
    struct stat info;
    const bool ours = descriptor >= 0 && descriptor < DESCRIPTORS && !atomic_load(&private[descriptor]);
    return ours && fstat(descriptor, &info) == 0 && (info.st_mode & S_IFMT) != 0;
}

/* Does this read or write fail? *size: how much it may move. */
static bool moves(enum kind of, int descriptor, size_t *size) {
    if (kind == NONE || !is_input_or_output(descriptor))
        return false;
    const unsigned long call = kind == SHORT || kind == AGAIN ? atomic_fetch_add(&calls, 1) : 0;
    if (kind == SHORT && lseek(descriptor, 0, SEEK_CUR) >= 0 && *size > 1 + call % 7)
        *size = 1 + call % 7;
    if (kind == AGAIN && call % 2 == 0) {
        note();
        errno = failure;
        return true;
    }
    return strikes(of);
}

ssize_t read(int descriptor, void *into, size_t size) {
    NEXT(read);
    return moves(READ, descriptor, &size) ? -1 : next(descriptor, into, size);
}

ssize_t pread(int descriptor, void *into, size_t size, off_t offset) {
    NEXT(pread);
    return moves(READ, descriptor, &size) ? -1 : next(descriptor, into, size, offset);
}

ssize_t pread64(int descriptor, void *into, size_t size, off_t offset) {
    return pread(descriptor, into, size, offset);
}

ssize_t write(int descriptor, const void *from, size_t size) {
    NEXT(write);
    return moves(WRITE, descriptor, &size) ? -1 : next(descriptor, from, size);
}

ssize_t pwrite(int descriptor, const void *from, size_t size, off_t offset) {
    NEXT(pwrite);
    signal_before();
    return moves(WRITE, descriptor, &size) ? -1 : next(descriptor, from, size, offset);
}

ssize_t pwrite64(int descriptor, const void *from, size_t size, off_t offset) {
    return pwrite(descriptor, from, size, offset);
}

int fdatasync(int descriptor) {
    NEXT(fdatasync);
    signal_before();
    return next(descriptor);
}

int linkat(int from, const char *path, int to, const char *name, int flags) {
    NEXT(linkat);
    signal_before();
    return next(from, path, to, name, flags);
}

int rename(const char *path, const char *name) {
    NEXT(rename);
    signal_before();
    return next(path, name);
}

int open(const char *path, int flags, ...) {
    NEXT(open);
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return strikes(OPEN) ? -1 : next(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode) {
    NEXT(fopen);
    return strikes(OPEN) ? NULL : next(path, mode);
}

int mkstemp(char *path) {
    NEXT(mkstemp);
    return strikes(OPEN) ? -1 : next(path);
}

int mkostemp(char *path, int flags) {
    NEXT(mkostemp);
    return strikes(OPEN) ? -1 : next(path, flags);
}

struct thread {
    void *(*work)(void *self);
    void *self;
};

static void *run_thread(void *self) {
    const struct thread thread = *(struct thread *)self;
    free(self);
    void *result = thread.work(thread.self);
    atomic_fetch_sub(&threads_alive, 1);
    return result;
}

int pthread_create(pthread_t *id, const pthread_attr_t *how, void *(*work)(void *), void *self) {
    NEXT(pthread_create);
    if (kind != THREADS)
        return next(id, how, work, self);
    struct thread *thread = malloc(sizeof *thread);
    if (!thread || atomic_load(&threads_alive) >= (long)first_failing) {
        free(thread);
        note();
        return EAGAIN;
    }
    *thread = (struct thread){work, self};
    atomic_fetch_add(&threads_alive, 1);
    const int refused = next(id, how, run_thread, thread);
    if (refused)
        atomic_fetch_sub(&threads_alive, 1);
    return refused;
}
