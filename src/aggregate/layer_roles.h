/* What a kernel class is to a layer. */
#ifndef TRACECMP_LAYER_ROLES_H
#define TRACECMP_LAYER_ROLES_H

#include "aggregate/layer_cut.h"
#include "base/names.h"
#include "flow/classes.h"

struct layer_role_of {
    struct layer_token token;
    bool passes; /* copies, memsets and collectives: they belong to the layer in which they lie, but do not make it */
    bool collective;
};

struct layer_role_of layer_role_of(const struct kernel_class *class, const struct names *names);

#endif
