/* measure OUT COMMAND...: runs COMMAND and writes to OUT, in one line, what it cost: wall seconds, CPU seconds, peak
 * resident KiB, KiB written to files. Exits as COMMAND did; 125 when it could not be run, 128 + N after signal N. A
 * process this small adds nothing to the peak, which a child inherits from its parent until it executes. It is spawned:
 * a fork would copy what is thrown away at once, and take a millisecond that is not the command's. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CANNOT_RUN = 125, SIGNALLED = 128 };

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int count, char **arguments) {
    struct rusage usage;
    int status;
    FILE *out = count > 2 ? fopen(arguments[1], "we") : NULL;
    if (!out)
        return CANNOT_RUN;
    pid_t child;
    const double start = seconds_now();
    if (posix_spawnp(&child, arguments[2], NULL, NULL, arguments + 2, environ) != 0 ||
        wait4(child, &status, 0, &usage) != child)
        return CANNOT_RUN;
    fprintf(out, "%.6f %.6f %ld %ld\n", seconds_now() - start, seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
            usage.ru_maxrss, usage.ru_oublock / 2);
    if (fclose(out) != 0)
        return CANNOT_RUN;
    return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
}
