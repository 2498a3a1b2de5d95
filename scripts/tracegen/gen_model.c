#include "gen_model.h"

#include "gen_vendors.h"

const char *const family_names[FAMILIES] = {
    [FAMILY_GEMM] = "gemm",
    [FAMILY_ATTENTION] = "attention",
    [FAMILY_NORM] = "norm",
    [FAMILY_ROPE] = "rope",
    [FAMILY_CACHE] = "cache",
    [FAMILY_ACTIVATION] = "activation",
    [FAMILY_MOE] = "moe",
    [FAMILY_COLLECTIVE] = "collective",
    [FAMILY_ELEMENTWISE] = "elementwise",
    [FAMILY_EMBEDDING] = "embedding",
    [FAMILY_SAMPLING] = "sampling",
    [FAMILY_COPY] = "copy",
};

const struct model *model_get(enum vendor vendor) {
    return vendor == VENDOR_AMD ? &amd_model : &nvidia_model;
}
