/* The sections of an index -> a summary, and the events that come after resolve/. */
#ifndef TRACECMP_INDEX_PLAY_H
#define TRACECMP_INDEX_PLAY_H

#include "index/format.h"
#include "index/index_target.h"

/* parts: by section, within the file; descriptor: of it; both borrowed. Status as of index_reader_play. */
enum status index_play(const struct index_part *parts, int descriptor, const struct index_target *target,
                       struct error *error) CHECKED;

#endif
