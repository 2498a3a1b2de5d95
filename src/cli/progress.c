#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/clock.h"

struct progress {
    bool in_place, shown;
    double started, last; /* seconds */
};

struct progress *progress_new(bool in_place) {
    struct progress *progress = calloc(1, sizeof *progress);
    if (progress)
        *progress = (struct progress){.in_place = in_place, .started = clock_seconds(), .last = clock_seconds()};
    return progress;
}

void progress_free(struct progress *progress) {
    if (progress && progress->shown && progress->in_place)
        fputs("\r\033[K", stderr);
    free(progress);
}

static void print_bytes(uint64_t bytes, char *out, size_t size) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1000 && unit < 4; unit++)
        value /= 1000;
    snprintf(out, size, "%.*f %s", unit > 0 && value < 100 ? 1 : 0, value, units[unit]);
}

static void print_left(double seconds, char *out, size_t size) {
    const unsigned whole = seconds < 1e9 ? (unsigned)seconds : 1000000000;
    if (whole >= 3600)
        snprintf(out, size, ", %u h %02u min left", whole / 3600, whole / 60 % 60);
    else if (whole >= 60)
        snprintf(out, size, ", %u min %02u s left", whole / 60, whole % 60);
    else
        snprintf(out, size, ", %u s left", whole);
}

void progress_show(struct progress *progress, const struct progress_state *state) {
    const double time = clock_seconds(), elapsed = time - progress->started;
    if (elapsed <= 0 || (!progress->in_place && time - progress->last < 1))
        return;
    progress->last = time;
    const double rate = (double)state->bytes / elapsed;
    char bytes[32], size[32], of[80] = "", left[64] = "";
    print_bytes(state->bytes, bytes, sizeof bytes);
    if (state->size >= state->bytes && state->size > 0) {
        print_bytes(state->size, size, sizeof size);
        snprintf(of, sizeof of, " of %s (%.0f %%)", size, 100.0 * (double)state->bytes / (double)state->size);
        if (rate > 0)
            print_left((double)(state->size - state->bytes) / rate, left, sizeof left);
    }
    fprintf(stderr, "%s%s%s, %.0f MB/s, %" PRIu64 " events%s%s", progress->in_place ? "\r\033[K" : "tracecmp: ", bytes,
            of, rate / 1e6, state->events, left, progress->in_place ? "" : "\n");
    fflush(stderr);
    progress->shown = true;
}
