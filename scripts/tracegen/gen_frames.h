/* The frames of call paths. A path is written as frames separated by '|', each a letter, a space and a name:
 *   n annotation   p Python function   m nn.Module   o CPU operator   r runtime call without GPU work ("name:id")
 *   b, s  a Python function or CPU operator that ends before the next frame begins
 * A name may end in "_%N+K" (this layer's K-th of N such modules) or, for operators, in "@C" or "@RxC" (its shape). */
#ifndef TRACEGEN_FRAMES_H
#define TRACEGEN_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

enum frame_kind { FRAME_NOTE, FRAME_PYTHON, FRAME_MODULE, FRAME_OPERATOR, FRAME_RUNTIME };

struct frame {
    enum frame_kind kind;
    bool brief;
    char *name; /* owned */
    uint32_t name_size;
    int per_layer, first; /* modules: the number is layer * per_layer + first; per_layer 0: no number */
    int rows, columns;    /* operators: shape of the weights; 0: none */
    int runtime_id;
};

struct frames;

struct frames *frames_new(void); /* NULL: no memory */
void frames_free(struct frames *frames);
/* The frames of a path; the same text gives the same frames. false: no memory or too many. */
bool frames_parse(struct frames *frames, const char *path, uint32_t *ids, uint32_t capacity, uint32_t *count);
const struct frame *frames_get(const struct frames *frames, uint32_t id);

#endif
