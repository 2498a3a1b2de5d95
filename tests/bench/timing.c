#include "timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TIMING_SECONDS 0.5
enum { TIMING_RUNS = 3 }; /* at least */

static double seconds_by(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void timing_check(enum status status, const struct error *error) {
    if (status == STATUS_OK)
        return;
    fprintf(stderr, "bench_steps: %s\n", error->causes > 0 ? error->cause[0].text : "failed");
    exit(1);
}

static double best_of(const struct timing_work *work) {
    struct error error = {0};
    double best = 0;
    const double end = seconds_by(CLOCK_MONOTONIC) + TIMING_SECONDS;
    for (int runs = 0; runs < TIMING_RUNS || seconds_by(CLOCK_MONOTONIC) < end; runs++) {
        const double start = seconds_by(CLOCK_PROCESS_CPUTIME_ID);
        timing_check(work->run(work->self, &error), &error);
        const double seconds = seconds_by(CLOCK_PROCESS_CPUTIME_ID) - start;
        best = runs == 0 || seconds < best ? seconds : best;
    }
    return best;
}

void timing_head(void) {
    printf("%-26s %12s %10s %10s\n", "step", "units", "ns each", "MB/s");
}

void timing_run(const struct timing_work *work) {
    const double seconds = best_of(work);
    printf("%-26s %12llu %10.1f", work->name, (unsigned long long)work->units, seconds * 1e9 / (double)work->units);
    if (work->bytes > 0)
        printf(" %10.0f", (double)work->bytes / seconds / 1e6);
    else
        printf(" %10s", "");
    printf("  %s\n", work->unit);
    fflush(stdout);
}
