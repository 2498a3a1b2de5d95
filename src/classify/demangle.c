#include "classify/demangle.h"

#include <setjmp.h>
#include <stdlib.h>

#include <libiberty/demangle.h>

#include "base/limits.h"

/* The library recurses through the name, up to 250 bytes of stack for each of its bytes, and by itself takes none
 * above 1 KiB, which real ones are. Its work may grow exponentially with the length in three places, each bounded here:
 * while it parses (AMBIGUITIES), while it looks for a parameter pack (TREE_NODES), and in the output
 * (LIMIT_DEMANGLE_BYTES). */
enum {
    MANGLED_BYTES = LIMIT_DEMANGLE_BYTES / 2,
    AMBIGUITIES = 8,
    TREE_NODES = 1 << 16,
    TREE_DEPTH = 1 << 10,
    OPTIONS = DMGL_PARAMS | DMGL_ANSI | DMGL_NO_RECURSE_LIMIT,
};

struct printing {
    struct buf *out;
    struct error *error;
    enum status status;
    jmp_buf stop;
};

/* Leaving by longjmp is safe: the library allocates nothing while it prints to a callback. */
static void collect(const char *bytes, size_t size, void *opaque) {
    struct printing *printing = opaque;
    if (size > LIMIT_DEMANGLE_BYTES - printing->out->size)
        longjmp(printing->stop, 1);
    printing->status = buf_append(printing->out, bytes, size, printing->error);
    if (printing->status != STATUS_OK)
        longjmp(printing->stop, 1);
}

/* What hangs below a node. A kind of node that is not listed is one that kernel names do not have: no risk is taken. */
enum shape { SHAPE_UNKNOWN, SHAPE_LEAF, SHAPE_ONE, SHAPE_TWO };

static const unsigned char shapes[] = {
    [DEMANGLE_COMPONENT_NAME] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_TEMPLATE_PARAM] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_FUNCTION_PARAM] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_SUB_STD] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_BUILTIN_TYPE] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_OPERATOR] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_UNNAMED_TYPE] = SHAPE_LEAF,
    [DEMANGLE_COMPONENT_LAMBDA] = SHAPE_ONE,
    [DEMANGLE_COMPONENT_DEFAULT_ARG] = SHAPE_ONE,
    [DEMANGLE_COMPONENT_QUAL_NAME] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_LOCAL_NAME] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TYPED_NAME] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TAGGED_NAME] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TEMPLATE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_RESTRICT] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_VOLATILE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_CONST] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_CONST_THIS] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_VENDOR_TYPE_QUAL] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_POINTER] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_REFERENCE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_RVALUE_REFERENCE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_VENDOR_TYPE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_FUNCTION_TYPE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_ARRAY_TYPE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_PTRMEM_TYPE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_VECTOR_TYPE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_ARGLIST] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TEMPLATE_ARGLIST] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_INITIALIZER_LIST] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_CAST] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_NULLARY] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_UNARY] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_BINARY] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_BINARY_ARGS] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TRINARY] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TRINARY_ARG1] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_TRINARY_ARG2] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_LITERAL] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_LITERAL_NEG] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_DECLTYPE] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_PACK_EXPANSION] = SHAPE_TWO,
    [DEMANGLE_COMPONENT_CLONE] = SHAPE_TWO,
};

static enum shape shape_of(const struct demangle_component *node) {
    return (size_t)node->type < sizeof shapes ? (enum shape)shapes[node->type] : SHAPE_UNKNOWN;
}

/* Walks the tree as the search for a parameter pack would, shared parts again at each place, until the budget is
 * spent. */
static bool is_small(const struct demangle_component *node, unsigned depth, unsigned *budget) {
    for (; node; node = node->u.s_binary.right) {
        const enum shape shape = shape_of(node);
        if (shape == SHAPE_UNKNOWN || depth == 0 || *budget == 0)
            return false;
        --*budget;
        if (shape == SHAPE_LEAF)
            return true;
        if (shape == SHAPE_ONE)
            return is_small(node->u.s_unary_num.sub, depth - 1, budget);
        if (!is_small(node->u.s_binary.left, depth - 1, budget))
            return false;
    }
    return true;
}

/* False: out holds nothing of use. */
static bool print(struct demangle_component *tree, struct printing *printing) {
    unsigned budget = TREE_NODES;
    if (!is_small(tree, TREE_DEPTH, &budget) || setjmp(printing->stop) != 0)
        return false;
    return cplus_demangle_print_callback(OPTIONS, tree, collect, printing) != 0;
}

/* In a conversion operator ("cv") a template parameter with arguments ("T_I", "T0_I") is parsed in two ways, one after
 * the other: those inside one another double the work each time. */
static bool is_ambiguous(struct text name) {
    unsigned ambiguities = 0;
    bool parameter = false;
    if (!memmem(name.data, name.size, "cv", 2))
        return false;
    for (size_t i = 0; i + 1 < name.size; i++) {
        ambiguities += parameter && name.data[i] == '_' && name.data[i + 1] == 'I';
        parameter = name.data[i] == 'T' || (parameter && name.data[i] >= '0' && name.data[i] <= '9');
    }
    return ambiguities > AMBIGUITIES;
}

static bool ends_with(struct text text, struct text end) {
    return text.size >= end.size && memcmp(text.data + text.size - end.size, end.data, end.size) == 0;
}

/* AMD marks kernel descriptors by ".kd", which disassemblers write as " [clone .kd]": no part of the readable name. */
static struct text without_mark(struct text name) {
    const struct text marks[] = {TEXT(".kd"), TEXT(" [clone .kd]")};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (ends_with(name, marks[i]))
            name.size -= marks[i].size;
    return name;
}

static bool is_mangled(struct text name) {
    return name.size > 2 && name.size <= MANGLED_BYTES && memcmp(name.data, "_Z", 2) == 0 &&
           !memchr(name.data, '\0', name.size) && !is_ambiguous(name);
}

static enum status demangle_part(struct text part, struct buf *out, bool *done, struct error *error) {
    char terminated[MANGLED_BYTES + 1];
    struct printing printing = {.out = out, .error = error, .status = STATUS_OK};
    void *memory = NULL;
    memcpy(terminated, part.data, part.size);
    terminated[part.size] = '\0';
    struct demangle_component *tree = cplus_demangle_v3_components(terminated, OPTIONS, &memory);
    *done = tree && print(tree, &printing);
    free(memory);
    return printing.status;
}

enum status demangle(struct text name, struct buf *out, struct error *error) {
    bool done = false;
    buf_clear(out);
    if (name.size > 0) {
        const struct text unmarked = without_mark(name);
        const char *space = memchr(unmarked.data, ' ', unmarked.size);
        const size_t size = space ? (size_t)(space - unmarked.data) : unmarked.size;
        if (is_mangled((struct text){unmarked.data, size}))
            TRY(demangle_part((struct text){unmarked.data, size}, out, &done, error));
        if (done)
            return buf_append(out, unmarked.data + size, unmarked.size - size, error);
    }
    buf_clear(out);
    return buf_append(out, name.data, name.size, error);
}
