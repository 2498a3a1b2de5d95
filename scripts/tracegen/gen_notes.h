/* What the annotations around a step say, in the words of each serving engine. */
#ifndef TRACEGEN_NOTES_H
#define TRACEGEN_NOTES_H

#include "gen_walk.h"
#include "gen_writer.h"

/* frame: an annotation; the one named "step" stands for what the engine writes of the whole step. */
void note_put(struct writer *writer, const struct options *options, const struct unit *unit, const struct frame *frame);

#endif
