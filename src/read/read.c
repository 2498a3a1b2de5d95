#include "read/read.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "read/provision.h"
#include "read/reserve.h"
#include "read/source.h"

static enum status reading_open(struct reading *reading, struct read_input *inputs, size_t count) {
    reading->sources = calloc(count > 0 ? count : 1, sizeof(struct source *));
    if (reading->sources == NULL)
        return FAIL_MEMORY(reading->error);
    for (size_t i = 0; i < count; i++) {
        TRY(source_open(reading, &inputs[i], &reading->sources[i], reading->error));
        reading->count++;
    }
    return STATUS_OK;
}

static void reading_close(struct reading *reading) {
    for (size_t i = 0; i < reading->count; i++)
        source_free(reading->sources[i]);
    free(reading->sources);
}

struct ticker {
    uv_timer_t timer;
    struct reading *reading;            /* borrowed, as options */
    const struct read_options *options;
};

/* Those that have ended may still have something to hand on. */
static void reading_stop(struct reading *reading) {
    for (size_t i = 0; i < reading->count && reading->status == STATUS_OK; i++)
        if (!reading->sources[i]->ended && !reading->sources[i]->stopped)
            source_end(reading->sources[i], 0);
}

static bool reading_finished(const struct reading *reading) {
    for (size_t i = 0; i < reading->count; i++)
        if (!reading->sources[i]->finished)
            return false;
    return true;
}

static void reading_tick(uv_timer_t *timer) {
    const struct ticker *ticker = timer->data;
    struct reading *reading = ticker->reading;
    bool stop = false;
    if (reading->status != STATUS_OK || uv_is_active((uv_handle_t *)&reading->patience) || reading_finished(reading))
        return;
    const enum status status = ticker->options->tick(ticker->options->tick_self, &stop, reading->error);
    if (status != STATUS_OK)
        reading_fail(reading, NULL, status);
    else if (stop)
        reading_stop(reading);
}

/* The timer alone does not keep the loop running, so that the loop ends with the last source. */
static void ticker_begin(struct ticker *ticker, struct reading *reading, const struct read_options *options) {
    *ticker = (struct ticker){.reading = reading, .options = options};
    uv_timer_init(&reading->loop, &ticker->timer);
    uv_unref((uv_handle_t *)&ticker->timer);
    ticker->timer.data = ticker;
    if (options->tick != NULL && options->interval_ms > 0)
        uv_timer_start(&ticker->timer, reading_tick, options->interval_ms, options->interval_ms);
}

static enum status reading_run(struct reading *reading, const struct read_options *options) {
    TRY(provision(reading->error));
    const int refused = uv_loop_init(&reading->loop);
    if (refused != 0)
        return FAIL(reading->error, STATUS_IO, "the event loop cannot start: %s", strerror(-refused));
    struct ticker ticker;
    ticker_begin(&ticker, reading, options);
    uv_timer_init(&reading->loop, &reading->patience);
    reading->patience.data = reading;
    for (size_t i = 0; i < reading->count && !reading->sources[i]->stopped; i++)
        reading->sources[i]->ops->start(reading->sources[i]);
    uv_run(&reading->loop, UV_RUN_DEFAULT);
    uv_close((uv_handle_t *)&ticker.timer, NULL);
    uv_close((uv_handle_t *)&reading->patience, NULL);
    uv_run(&reading->loop, UV_RUN_DEFAULT);
    const int left = uv_loop_close(&reading->loop);
    assert(left == 0);
    (void)left;
    return reading->status;
}

enum status read_inputs(struct read_input *inputs, size_t count, const struct read_options *options,
                        struct error *error) {
    struct reading reading = {.chunk_bytes = options->chunk_bytes, .error = error};
    reserve_begin();
    for (size_t i = 0; i < count; i++) {
        inputs[i].size = inputs[i].bytes = inputs[i].bytes_uncompressed = 0;
        inputs[i].compression = READ_PLAIN;
        inputs[i].damaged = false;
        inputs[i].change = READ_UNCHANGED;
        inputs[i].nameless = false;
    }
    enum status status = reading_open(&reading, inputs, count);
    if (status == STATUS_OK)
        status = reading_run(&reading, options);
    reading_close(&reading);
    return status;
}
