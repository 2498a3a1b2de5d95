/* A step that takes events and hands them on. Stages are built from the end, so that the wiring reads as the flow. */
#ifndef TRACECMP_STAGE_H
#define TRACECMP_STAGE_H

#include "base/error.h"
#include "flow/event.h"

struct gpu_batch;
struct stage;

struct stage_ops {
    const char *name;
    /* Borrows the event until it returns; whoever keeps a part of it copies. A stage that drops an event counts it. */
    enum status (*push)(struct stage *self, struct event *event, struct error *error);
    /* GPU events many at a time, as push would take them one by one; borrowed likewise. NULL: one by one only. */
    enum status (*push_batch)(struct stage *self, const struct gpu_batch *batch, struct error *error);
    /* Input ended: give out what you hold. Runs once, in the order of the flow. */
    enum status (*flush)(struct stage *self, struct error *error);
    void (*free)(struct stage *self);
};

struct stage {
    const struct stage_ops *ops;
    struct stage *next; /* borrowed; NULL for the last */
};

static inline enum status stage_push(struct stage *stage, struct event *event, struct error *error) {
    return stage->ops->push(stage, event, error);
}
static inline bool stage_takes_batches(const struct stage *stage) {
    return stage->ops->push_batch != NULL;
}
static inline enum status stage_push_batch(struct stage *stage, const struct gpu_batch *batch, struct error *error) {
    return stage->ops->push_batch(stage, batch, error);
}
static inline enum status stage_flush(struct stage *stage, struct error *error) {
    return stage->ops->flush(stage, error);
}
static inline void stage_free(struct stage *stage) {
    if (stage)
        stage->ops->free(stage);
}

#endif
