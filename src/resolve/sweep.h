/* One pass each over records sorted by (row, ts) and the slices of their rows. */
#ifndef TRACECMP_SWEEP_H
#define TRACECMP_SWEEP_H

#include "resolve/resolve_state.h"

/* Join 1: launches, with the operators, Python frames and annotations around them, become origins. */
enum status sweep_launches(struct resolve *resolve, struct error *error) CHECKED;
/* Instead of joins 1 and 2, for events that come resolved: the annotations around their launches. */
enum status sweep_again(struct resolve *resolve, struct error *error) CHECKED;
/* The annotations around GPU events themselves. */
enum status sweep_gpu_notes(struct resolve *resolve, struct error *error) CHECKED;

#endif
