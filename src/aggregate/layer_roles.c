#include "aggregate/layer_roles.h"

enum { WORD_NORM = NAME_BEYOND }; /* all norms are one word; no operation has this name */

static bool begins(struct text text, const char *word) {
    return text.size >= strlen(word) && memcmp(text.data, word, strlen(word)) == 0;
}

/* A short convolution is before the SSM, with projections between them; backward kernels come in reverse; metadata is
 * no attention. */
static bool is_mixer(struct text operation, struct text name) {
    static const char *const others[] = {"conv1d", "bwd", "backward", "indices"};
    if (!begins(operation, "Attention") && !begins(operation, "SSM") && !begins(operation, "Linear Attention"))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_contains(name, others[i]))
            return false;
    return true;
}

struct layer_role_of layer_role_of(const struct kernel_class *class, const struct names *names) {
    const struct text operation = names_get(names, class->operation);
    struct layer_role_of role = {.token.word = class->operation,
                                 .passes = class->kind != EVENT_KERNEL || class->collective,
                                 .collective = class->collective};
    uint32_t *roles = &role.token.roles;
    if (is_mixer(operation, names_get(names, class->name)))
        *roles |= LAYER_ROLE_MIXER;
    if (text_contains(operation, "GEMM"))
        *roles |= LAYER_ROLE_PROJECTION;
    if (text_contains(operation, "Norm"))
        *roles |= LAYER_ROLE_NORM;
    if (text_equal(operation, TEXT("Embedding")) || text_equal(operation, TEXT("Sampling")))
        *roles |= LAYER_ROLE_EDGE;
    if (*roles == LAYER_ROLE_NORM)
        role.token.word = WORD_NORM;
    return role;
}
