#include "tokenize/category.h"

#include <stddef.h>

#include "tokenize/damaged_word.h"

#define CATEGORIES(X) \
    X("python_function", EVENT_PYTHON) \
    X("cpu_op", EVENT_CPU_OP) \
    X("kernel", EVENT_KERNEL) \
    X("cuda_runtime", EVENT_LAUNCH) \
    X("cuda_driver", EVENT_LAUNCH) \
    X("gpu_memcpy", EVENT_MEMCPY) \
    X("gpu_memset", EVENT_MEMSET) \
    X("user_annotation", EVENT_ANNOTATION) \
    X("gpu_user_annotation", EVENT_GPU_ANNOTATION) \
    X("concurrent_kernel", EVENT_KERNEL) \
    X("Kernel", EVENT_KERNEL) \
    X("Memcpy", EVENT_MEMCPY) \
    X("Memset", EVENT_MEMSET) \
    X("Runtime", EVENT_LAUNCH) \
    X("Operator", EVENT_CPU_OP)

static const struct {
    struct text name;
    enum event_kind kind;
} known[] = {
#define CATEGORY_ROW(name, kind) {{name, sizeof name - 1}, kind},
    CATEGORIES(CATEGORY_ROW)
#undef CATEGORY_ROW
};

enum { KNOWN = sizeof known / sizeof *known };

bool category_kind(struct text category, enum event_kind *kind) {
    for (size_t i = 0; i < KNOWN; i++) {
        if (text_equal(category, known[i].name)) {
            *kind = known[i].kind;
            return true;
        }
    }
    return false;
}

bool category_is_near(struct text category, enum event_kind *kind) {
    for (size_t i = 0; i < KNOWN; i++) {
        if (word_is_near(category, known[i].name.data)) {
            *kind = known[i].kind;
            return true;
        }
    }
    return false;
}

const char *const *category_names(void) {
#define CATEGORY_NAME(name, kind) name,
    static const char *const names[] = {CATEGORIES(CATEGORY_NAME) NULL};
#undef CATEGORY_NAME
    return names;
}
