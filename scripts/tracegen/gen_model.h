/* The served model as rows of kernels in launch order, for one vendor: what runs, from where in the program it is
 * launched, and how long it takes. */
#ifndef TRACEGEN_MODEL_H
#define TRACEGEN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gen_family.h"

enum vendor { VENDOR_NVIDIA, VENDOR_AMD };
enum phase { PHASE_PREFILL, PHASE_MIXED, PHASE_DECODE, PHASES };
enum section { SECTION_BEFORE, SECTION_EMBED, SECTION_LAYER, SECTION_FINAL, SECTION_AFTER, SECTIONS };
enum category { CATEGORY_KERNEL, CATEGORY_MEMCPY, CATEGORY_MEMSET, CATEGORY_NONE };
enum condition { ALWAYS, IF_DENSE, IF_MOE, IF_ADDED, IF_DISTINCT };

struct api {
    const char *name;
    int id; /* cbid or cid */
    bool driver;
    int cost_ns; /* CPU time of the call */
};

struct kernel {
    enum section section;
    enum family family;
    enum category category;
    enum condition condition;
    const char *name;          /* one launch a kernel; NULL: only replayed */
    const char *replayed_name; /* in a graph; NULL: not in a graph */
    const char *path;          /* frames from the outermost, see gen_frames.h */
    const struct api *api;
    struct {
        int64_t base_ns, token_ps, context_ps; /* for each token, and each token that decode attention reads */
    } time;
    struct {
        int grid_per_token, block, registers, shared_bytes; /* of a copy: grid_per_token counts bytes */
    } shape;
    struct {
        bool into_next;   /* a norm that goes into the next row */
        const char *name; /* of that next row */
    } fused;              /* by --fuse norm-gemm */
};

struct model {
    const struct kernel *kernels;
    uint32_t kernel_count;
    struct kernel graph; /* the launch of a whole graph */
    int64_t eager_gap_ns, graph_gap_ns;
    int first_device, main_stream, comm_stream;
    const char *memory_kind; /* "Device Type" of memory events */
};

const struct model *model_get(enum vendor vendor);

#endif
