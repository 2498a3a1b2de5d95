#include "compare/work_words.h"

#include <ctype.h>
#include <stdlib.h>

enum {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    POWER,
    MEAN,
    SUM,
    VARIANCE,
    ROOT,
    NEGATE,
    EXPONENT,
    SINE,
    ACTIVATE,
    COPY,
    CONCATENATE,
    FILL,
    SOFTMAX,
    NORMALISE,
    GEMM,
    ATTEND,
    ROTATE,
    CACHE,
    QUANTISE,
    GATHER,
    SCATTER,
    SORT,
    TOP,
    ROUTE,
    FINALISE,
    COLLECT,
    CONVOLVE,
    SCAN,
    SAMPLE,
    DROP,
    REDUCE,
    EXTREME,
    MASK,
};

#define BIT(kind) (UINT64_C(1) << (kind))

struct entry {
    const char *word;
    uint64_t does, maybe;
};

/* Ascending, for bsearch. */
static const struct entry entries[] = {
    {"abs", BIT(EXTREME), 0},
    {"act", BIT(ACTIVATE), 0},
    {"activation", BIT(ACTIVATE), 0},
    {"add", BIT(ADD), 0},
    {"addmm", BIT(GEMM), BIT(ADD)},
    {"allgather", BIT(COLLECT), 0},
    {"allreduce", BIT(COLLECT), 0},
    {"amax", BIT(EXTREME), 0},
    {"argmax", BIT(SAMPLE), 0},
    {"attend", BIT(ATTEND), 0},
    {"attention", BIT(ATTEND), 0},
    {"attn", BIT(ATTEND), 0},
    {"baddbmm", BIT(GEMM), BIT(ADD)},
    {"batchnorm", BIT(NORMALISE), 0},
    {"bias", 0, BIT(ADD)},
    {"bmm", BIT(GEMM), 0},
    {"cache", BIT(CACHE), 0},
    {"cat", BIT(CONCATENATE), 0},
    {"cijk", BIT(GEMM), 0},
    {"clone", BIT(COPY), 0},
    {"collective", BIT(COLLECT), 0},
    {"concat", BIT(CONCATENATE), 0},
    {"conv", BIT(CONVOLVE), 0},
    {"convolution", BIT(CONVOLVE), 0},
    {"copy", BIT(COPY), 0},
    {"cos", BIT(SINE), 0},
    {"cumsum", BIT(SCAN), 0},
    {"div", BIT(DIVIDE), 0},
    {"dropout", BIT(DROP), 0},
    {"embedding", BIT(GATHER), 0},
    {"exp", BIT(EXPONENT), 0},
    {"fill", BIT(FILL), 0},
    {"finalize", BIT(FINALISE), 0},
    {"fmha", BIT(ATTEND), 0},
    {"gather", BIT(GATHER), 0},
    {"gating", BIT(ROUTE), 0},
    {"geglu", BIT(ACTIVATE) | BIT(MULTIPLY), 0},
    {"gelu", BIT(ACTIVATE), 0},
    {"gemm", BIT(GEMM), 0},
    {"gemv", BIT(GEMM), 0},
    {"groupnorm", BIT(NORMALISE), 0},
    {"index", BIT(GATHER), 0},
    {"kvcache", BIT(CACHE), 0},
    {"layernorm", BIT(NORMALISE), 0},
    {"mask", BIT(MASK), 0},
    {"matmul", BIT(GEMM), 0},
    {"max", BIT(EXTREME), 0},
    {"mean", BIT(MEAN), 0},
    {"memcpy", BIT(COPY), 0},
    {"memset", BIT(FILL), 0},
    {"mha", BIT(ATTEND), 0},
    {"mla", BIT(ATTEND), 0},
    {"mm", BIT(GEMM), 0},
    {"mul", BIT(MULTIPLY), 0},
    {"nccl", BIT(COLLECT), 0},
    {"neg", BIT(NEGATE), 0},
    {"norm", BIT(NORMALISE), 0},
    {"normalization", BIT(NORMALISE), 0},
    {"nvjet", BIT(GEMM), 0},
    {"pow", BIT(POWER), 0},
    {"quant", BIT(QUANTISE), 0},
    {"quantization", BIT(QUANTISE), 0},
    {"quantize", BIT(QUANTISE), 0},
    {"radix", BIT(SORT), 0},
    {"rccl", BIT(COLLECT), 0},
    {"reduce", BIT(REDUCE), 0},
    {"relu", BIT(ACTIVATE), 0},
    {"residual", BIT(ADD), 0},
    {"rms", BIT(NORMALISE), 0},
    {"rmsnorm", BIT(NORMALISE), 0},
    {"rope", BIT(ROTATE), 0},
    {"rotary", BIT(ROTATE), 0},
    {"routing", BIT(ROUTE), 0},
    {"rsqrt", BIT(ROOT), 0},
    {"sampling", BIT(SAMPLE), 0},
    {"scan", BIT(SCAN), 0},
    {"scatter", BIT(SCATTER), 0},
    {"sdpa", BIT(ATTEND), 0},
    {"sigmoid", BIT(ACTIVATE), 0},
    {"silu", BIT(ACTIVATE), 0},
    {"sin", BIT(SINE), 0},
    {"softmax", BIT(SOFTMAX), 0},
    {"sort", BIT(SORT), 0},
    {"sorting", BIT(SORT), 0},
    {"sqrt", BIT(ROOT), 0},
    {"ssm", BIT(SCAN), 0},
    {"sub", BIT(SUBTRACT), 0},
    {"sum", BIT(SUM), 0},
    {"swiglu", BIT(ACTIVATE) | BIT(MULTIPLY), 0},
    {"tanh", BIT(ACTIVATE), 0},
    {"topk", BIT(TOP), 0},
    {"var", BIT(VARIANCE), 0},
    {"where", BIT(MASK), 0},
};

/* What a kind of work consists of, when it is not done by one kernel. */
static const uint64_t parts_of[] = {
    [NORMALISE] = BIT(POWER) | BIT(MEAN) | BIT(SUM) | BIT(VARIANCE) | BIT(ROOT) | BIT(MULTIPLY) | BIT(ADD) | BIT(COPY) |
                  BIT(SUBTRACT) | BIT(DIVIDE) | BIT(REDUCE),
    [ACTIVATE] = BIT(EXPONENT) | BIT(NEGATE) | BIT(ADD) | BIT(DIVIDE),
    [ROTATE] =
        BIT(MULTIPLY) | BIT(ADD) | BIT(SUBTRACT) | BIT(NEGATE) | BIT(CONCATENATE) | BIT(COPY) | BIT(SINE) | BIT(GATHER),
    [ATTEND] = BIT(SOFTMAX) | BIT(GEMM) | BIT(MULTIPLY) | BIT(DIVIDE) | BIT(MASK) | BIT(COPY) | BIT(REDUCE) |
               BIT(EXPONENT) | BIT(ADD) | BIT(EXTREME) | BIT(SUM),
    [SOFTMAX] = BIT(EXPONENT) | BIT(SUM) | BIT(EXTREME) | BIT(SUBTRACT) | BIT(DIVIDE) | BIT(REDUCE),
    [QUANTISE] = BIT(MULTIPLY) | BIT(DIVIDE) | BIT(EXTREME) | BIT(COPY),
    [GEMM] = BIT(REDUCE),
    [CACHE] = BIT(COPY) | BIT(SCATTER) | BIT(CONCATENATE),
    [COLLECT] = BIT(SUM) | BIT(REDUCE) | BIT(GATHER) | BIT(SCATTER),
    [ROUTE] = BIT(TOP) | BIT(SOFTMAX) | BIT(SORT) | BIT(FILL) | BIT(GATHER) | BIT(SUM) | BIT(SCAN),
    [FINALISE] = BIT(SUM) | BIT(MULTIPLY) | BIT(SCATTER) | BIT(GATHER),
};

bool work_next_word(struct text text, size_t *at, bool camel, char word[WORK_WORD_BYTES]) {
    size_t size = 0;
    while (*at < text.size && !isalpha((unsigned char)text.data[*at]))
        ++*at;
    for (size_t begin = *at; *at < text.size && isalpha((unsigned char)text.data[*at]); ++*at) {
        const char *c = text.data + *at;
        const bool upper = isupper((unsigned char)c[0]);
        const bool before_lower = *at + 1 < text.size && islower((unsigned char)c[1]);
        if (camel && upper && *at > begin && (islower((unsigned char)c[-1]) || before_lower))
            break;
        if (size + 1 < WORK_WORD_BYTES)
            word[size++] = (char)tolower((unsigned char)c[0]);
    }
    word[size] = '\0';
    return size > 0;
}

static int entry_order(const void *word, const void *entry) {
    return strcmp(word, ((const struct entry *)entry)->word);
}

enum { PIECES = 3 };

/* Takes the lowest kind out of *kinds, of which there is one. */
static unsigned take_kind(uint64_t *kinds) {
    const unsigned kind = (unsigned)__builtin_ctzll(*kinds);
    *kinds &= *kinds - 1;
    return kind;
}

static const uint64_t with_parts = BIT(sizeof parts_of / sizeof *parts_of) - 1;

uint64_t work_parts(uint64_t does) {
    uint64_t all = 0;
    for (uint64_t rest = does & with_parts; rest;)
        all |= parts_of[take_kind(&rest)];
    return all;
}

uint64_t work_pieced(uint64_t does, uint64_t pieces) {
    uint64_t pieced = 0;
    for (uint64_t rest = does & with_parts; rest;) {
        const unsigned kind = take_kind(&rest);
        if (__builtin_popcountll(parts_of[kind] & pieces) >= PIECES)
            pieced |= BIT(kind);
    }
    return pieced;
}

struct work work_of_word(const char *word) {
    const struct entry *found = bsearch(word, entries, sizeof entries / sizeof *entries, sizeof *entries, entry_order);
    return found ? (struct work){found->does, work_parts(found->does), found->maybe} : (struct work){0};
}

static struct work work_of_text(struct text text, bool camel) {
    struct work work = {0};
    char word[WORK_WORD_BYTES];
    for (size_t at = 0; work_next_word(text, &at, camel, word);)
        work = work_join(work, work_of_word(word));
    return work;
}

uint64_t work_of_operation(struct text operation) {
    return work_of_text(operation, false).does;
}

static bool begins_with(struct text text, const char *start) {
    const size_t size = strlen(start);
    return text.size >= size && memcmp(text.data, start, size) == 0;
}

/* Putting together copies anyway, a mean is a reduction, and "rotary embedding" embeds nothing. */
static uint64_t without_implied(uint64_t does) {
    does &= does & BIT(CONCATENATE) ? ~BIT(COPY) : ~UINT64_C(0);
    does &= does & (BIT(MEAN) | BIT(SUM) | BIT(VARIANCE) | BIT(EXTREME) | BIT(SAMPLE)) ? ~BIT(REDUCE) : ~UINT64_C(0);
    does &= does & BIT(ROTATE) ? ~BIT(GATHER) : ~UINT64_C(0);
    return does;
}

struct work work_of_kernel(struct text name, struct text operation) {
    struct work work = work_of_text(name, true);
    if (begins_with(name, "triton_") && !begins_with(name, "triton_tem_"))
        work.does &= ~BIT(GEMM);
    work.does = without_implied(work.does | work_of_operation(operation));
    work.parts = work_parts(work.does);
    return work;
}
