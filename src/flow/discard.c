#include "flow/discard.h"

#include <stddef.h>

static enum status drop(struct stage *stage, struct event *event, struct error *error) {
    (void)stage;
    (void)event;
    (void)error;
    return STATUS_OK;
}

static enum status end(struct stage *stage, struct error *error) {
    (void)stage;
    (void)error;
    return STATUS_OK;
}

static void keep(struct stage *stage) {
    (void)stage;
}

struct stage *discard_stage(void) {
    static const struct stage_ops ops = {"discard", drop, NULL, end, keep};
    static struct stage stage = {&ops, NULL};
    return &stage;
}
