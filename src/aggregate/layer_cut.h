/* Cuts a sequence of kernels into the layers of a model, without knowing anything but what kind of work each kernel
 * does. Every layer has one mixer (attention, SSM); where a layer begins is told by how far the kernels before the
 * first mixer are like those before the next ones: before them lies what only the first one has. */
#ifndef TRACECMP_LAYER_CUT_H
#define TRACECMP_LAYER_CUT_H

#include <stddef.h>

#include "base/error.h"

enum layer_role { /* flags */
                  LAYER_ROLE_MIXER = 1,
                  LAYER_ROLE_PROJECTION = 2, /* GEMM */
                  LAYER_ROLE_NORM = 4,
                  LAYER_ROLE_EDGE = 8, /* embedding, sampling: before the first or after the last layer */
};

struct layer_token {
    uint32_t word; /* equal for kernels that do the same */
    uint32_t roles;
};

/* The start of a layer: the ordinal-th `word` before its mixer, which usually is `head` tokens before it. */
struct layer_start {
    enum { LAYER_START_UNKNOWN, LAYER_START_GUESSED, LAYER_START_SEEN } certainty;
    uint32_t word, ordinal, head;
};

struct layer_cut { /* tokens first .. end - 1 */
    size_t first, end;
    bool continues; /* the run of the model that the layer before it belongs to */
};

struct layer_cutter;

struct layer_cutter *layer_cutter_new(void); /* NULL: no memory */
void layer_cutter_free(struct layer_cutter *cutter);

struct layer_cuts {
    const struct layer_cut *list; /* borrowed: until the next call */
    size_t count;
    bool stable; /* most of them are like the one before, or the one q before */
    bool opens; /* the sequence shows what comes before the first layer: no layer is cut off there */
    struct layer_start start;
};

/* hint: of other sequences, used where this one does not show it; certainty may be unknown. At most
 * LIMIT_SEQUENCE_EVENTS tokens. */
void layer_cutter_cut(struct layer_cutter *cutter, const struct layer_token *tokens, size_t count,
                      const struct layer_start *hint, struct layer_cuts *cuts);

#endif
