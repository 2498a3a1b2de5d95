/* A stage that drops everything: the end of stages that are only asked. */
#ifndef TRACECMP_DISCARD_H
#define TRACECMP_DISCARD_H

#include "flow/stage.h"

/* One for all; stage_free leaves it. */
struct stage *discard_stage(void);

#endif
