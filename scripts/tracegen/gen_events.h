/* Writes units as trace events. Each function writes one class of events of one unit, those inside the clipped
 * window; reverse options turn the order around. */
#ifndef TRACEGEN_EVENTS_H
#define TRACEGEN_EVENTS_H

#include "gen_schedule.h"
#include "gen_writer.h"

struct layout { /* white space: of Kineto's own writer, or of json.dumps */
    const char *first_event, *next_event, *last_event;
    const char *open, *line, *arguments, *close, *close_bare, *after_id, *wide;
};

struct emitter {
    struct writer *writer; /* borrowed, as all */
    const struct schedule *schedule;
    const struct options *options;
    const struct layout *layout;
    bool any; /* an event was written */
};

const struct layout *layout_get(const struct options *options);

void emit_begin_event(struct emitter *emitter);
/* `, "pid": …, "tid": …` of a CPU thread. */
void emit_cpu_row(struct emitter *emitter, uint64_t row);
bool emit_is_inside(const struct emitter *emitter, int64_t time);
int64_t emit_window_start(const struct emitter *emitter);
int64_t emit_window_end(const struct emitter *emitter);

typedef void emit_class(struct emitter *emitter, const struct unit *unit);
emit_class emit_operators, emit_memory_events, emit_frames, emit_calls, emit_gpu_events, emit_gpu_before_calls,
    emit_gpu_notes;

enum { CPU_PROCESS = 4711, DEVICES_LISTED = 8 };

#endif
