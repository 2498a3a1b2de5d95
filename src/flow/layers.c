#include "flow/layers.h"

#include <stdlib.h>

void layers_fini(struct layers *layers) {
    for (uint32_t i = 0; i < layers->shape_count; i++)
        free(layers->shapes[i].kernels);
    free(layers->shapes);
    free(layers->rows);
    *layers = (struct layers){.method = LAYERS_NONE};
}
