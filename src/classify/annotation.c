#include "classify/annotation.h"

#include <strings.h>

static const struct annotation says_nothing = {PHASE_NONE, STEP_KIND_NONE, 0, 0};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The readers below move the text on past what they took, and leave it when they return false. */

static void skip(struct text *text, size_t size) {
    text->data += size;
    text->size -= size;
}

static bool take_prefix(struct text *text, struct text prefix) {
    if (text->size < prefix.size || memcmp(text->data, prefix.data, prefix.size) != 0)
        return false;
    skip(text, prefix.size);
    return true;
}

static bool take_prefix_any_case(struct text *text, struct text prefix) {
    if (text->size < prefix.size || strncasecmp(text->data, prefix.data, prefix.size) != 0)
        return false;
    skip(text, prefix.size);
    return true;
}

static uint32_t add_counts(uint32_t a, uint32_t b) {
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* Digits of any length; a larger number counts as UINT32_MAX. */
static bool take_count(struct text *text, uint32_t *count) {
    uint64_t value = 0;
    size_t size = 0;
    for (; size < text->size && is_digit(text->data[size]); size++) {
        value = 10 * value + (uint64_t)(text->data[size] - '0');
        value = value > UINT32_MAX ? UINT32_MAX : value;
    }
    *count = (uint32_t)value;
    skip(text, size);
    return size > 0;
}

static bool take_to(struct text *text, struct text mark) {
    const char *found = memmem(text->data, text->size, mark.data, mark.size);
    if (!found)
        return false;
    skip(text, (size_t)(found - text->data) + mark.size);
    return true;
}

static enum phase phase_of_requests(uint32_t context, uint32_t generation) {
    if (context > 0)
        return generation > 0 ? PHASE_MIXED : PHASE_PREFILL;
    return generation > 0 ? PHASE_DECODE : PHASE_NONE;
}

/* The number before the closing parenthesis; 0 when there is more than a number. */
static uint32_t tokens_in(struct text text) {
    uint32_t tokens;
    return take_count(&text, &tokens) && text.size > 0 && text.data[0] == ')' ? tokens : 0;
}

/* What follows "execute": (_TOTAL)?_context_N(…)_generation_M(…). The parentheses may hold anything on one line. */
static bool parse_vllm(struct text text, struct annotation *annotation) {
    uint32_t all = 0, context, generation;
    struct text total = text;
    if (take_prefix(&total, TEXT("_")) && take_count(&total, &all))
        text = total;
    if (!take_prefix(&text, TEXT("_context_")) || !take_count(&text, &context) || !take_prefix(&text, TEXT("(")))
        return false;
    const char *line_end = memchr(text.data, '\n', text.size);
    if (line_end)
        text.size = (size_t)(line_end - text.data);
    const uint32_t context_tokens = tokens_in(text);
    while (take_to(&text, TEXT(")_generation_"))) {
        struct text rest = text;
        if (take_count(&rest, &generation) && take_prefix(&rest, TEXT("(")) && memchr(rest.data, ')', rest.size)) {
            const uint32_t tokens = all > 0 ? all : add_counts(context_tokens, tokens_in(rest));
            *annotation = (struct annotation){phase_of_requests(context, generation), STEP_KIND_VLLM,
                                              add_counts(context, generation), tokens};
            return true;
        }
    }
    return false;
}

/* The number behind a word such as "bs="; 0 when it is not there. */
static uint32_t number_after(struct text text, struct text word) {
    uint32_t number;
    return take_to(&text, word) && take_count(&text, &number) ? number : 0;
}

static struct annotation parse_execute(struct text text) {
    struct annotation annotation = says_nothing;
    if (take_prefix(&text, TEXT("_diffusion_"))) {
        if (text.size > 0 && is_digit(text.data[0]))
            annotation.step = STEP_KIND_DIFFUSION;
    } else {
        parse_vllm(text, &annotation);
    }
    return annotation;
}

/* What follows "step[": the forward mode, and after it anything that cannot belong to it. */
static struct annotation parse_sglang(struct text text) {
    static const struct {
        struct text mode;
        enum phase phase;
    } modes[] = {
#define MODE(mode, phase) {{mode, sizeof(mode) - 1}, phase}
        MODE("DECODE", PHASE_DECODE),
        MODE("TARGET_VERIFY", PHASE_DECODE),
        MODE("EXTEND", PHASE_PREFILL),
        MODE("PREFILL", PHASE_PREFILL),
        MODE("SPLIT_PREFILL", PHASE_PREFILL),
        MODE("DRAFT_EXTEND", PHASE_PREFILL),
        MODE("DRAFT_EXTEND_V2", PHASE_PREFILL),
        MODE("MIXED", PHASE_MIXED),
        MODE("IDLE", PHASE_NONE),
#undef MODE
    };
    struct text word = {text.data, 0};
    while (word.size < text.size && is_word(text.data[word.size]))
        word.size++;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (word.size == modes[i].mode.size && strncasecmp(word.data, modes[i].mode.data, word.size) == 0)
            return (struct annotation){modes[i].phase, STEP_KIND_SGLANG, number_after(text, TEXT(" bs=")),
                                       number_after(text, TEXT(" toks="))};
    return says_nothing;
}

/* What follows "prefill[" or "decode[". */
static struct annotation parse_atom(struct text text, enum phase phase) {
    uint32_t requests = 0;
    if (!take_prefix(&text, TEXT("bs=")))
        return says_nothing;
    take_count(&text, &requests);
    return (struct annotation){phase, STEP_KIND_ATOM, requests, number_after(text, TEXT(" tok="))};
}

struct annotation annotation_parse(struct text name) {
    uint32_t ignored;
    if (take_prefix(&name, TEXT("execute")))
        return parse_execute(name);
    if (take_prefix(&name, TEXT("ProfilerStep#")))
        return (struct annotation){PHASE_NONE, take_count(&name, &ignored) ? STEP_KIND_PROFILER : STEP_KIND_NONE, 0, 0};
    if (take_prefix(&name, TEXT("prefill[")))
        return parse_atom(name, PHASE_PREFILL);
    if (take_prefix(&name, TEXT("decode[")))
        return parse_atom(name, PHASE_DECODE);
    if (take_prefix_any_case(&name, TEXT("step[")))
        return parse_sglang(name);
    return says_nothing;
}
