/* A trace of a program that never was, the same for the same seed: two processes with several threads, ops in ops,
 * Python frames, annotations, launches of one and of many kernels, copies, two GPUs; and in small numbers all that
 * goes wrong: lost launches, frames that outlive their callers, equal starts, ids without meaning. */
#ifndef TRACECMP_MADE_TRACE_H
#define TRACECMP_MADE_TRACE_H

#include <stdint.h>

#include "base/text.h"

/* About ten events a unit, in no useful order. The text is owned by the caller. */
struct text made_trace(uint64_t seed, uint32_t units);

#endif
