/* The kernels that have the same name on both sides. */
#ifndef TRACECMP_SAME_KERNELS_H
#define TRACECMP_SAME_KERNELS_H

#include "base/error.h"
#include "flow/diff.h"

/* Fills diff->same from diff->kernels, in the same order. */
enum status same_kernels_find(struct diff *diff, struct error *error) CHECKED;

#endif
