#include <criterion/criterion.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "classify/demangle.h"
#include "classify/pattern.h"
#include "classify/rules.h"
#include "kernel_cases.h"

TestSuite(rules, .timeout = 10);

static struct rules *new_rules(void) {
    struct rules *rules = rules_new();
    cr_assert_not_null(rules);
    return rules;
}

static bool is(struct text text, const char *expected) { return text_equal(text, text_from(expected)); }

static struct rule_match match_kernel(const struct rules *rules, const char *name) {
    return rules_match(rules, EVENT_KERNEL, text_from(name));
}

/* As the stage does it: by the readable name. */
static void expect_operation(const struct rules *rules, struct buf *readable, const struct kernel_case *c) {
    struct error error;
    cr_assert_eq(demangle(text_from(c->name), readable, &error), STATUS_OK);
    const struct text name = {readable->data, readable->size};
    const struct rule_match match = rules_match(rules, EVENT_KERNEL, name);
    const bool communication = is(match.operation, "Collective") || is(match.operation, "MoE Communication");
    cr_expect(is(match.operation, c->operation), "case %s: %.*s by '%.*s', not %s", c->name, (int)match.operation.size,
              match.operation.data, (int)match.rule.size, match.rule.data, c->operation);
    cr_expect_eq(rules_is_collective(name), communication, "case %s", c->name);
}

Test(rules, kernels_of_the_field) {
    struct rules *rules = new_rules();
    struct buf readable;
    buf_init(&readable, LIMIT_ITEM_BYTES);
    cr_expect_geq(kernel_case_count, 120);
    for (size_t i = 0; i < kernel_case_count; i++)
        expect_operation(rules, &readable, &kernel_cases[i]);
    buf_fini(&readable);
    rules_free(rules);
}

/* What communication is, as one expression. */
static const char communication_regex[] =
    "nccl|rccl|cross_device_reduce|multimem_all|all_?reduce|all_?gather|reduce_?scatter|all_?to_?all|deep_ep::|"
    "one_?shot|two_?shot|quick_?reduce";

Test(rules, communication_is_one_expression) {
    static const char *const names[] = {
        "xNCCLx",        "RCCL",         "Cross_Device_Reduce_1", "multimem_allx", "multimem_none", "AllReduce",
        "all_reduce",    "all__reduce",  "allgather",             "All_Gather",    "ReduceScatter", "reduce_scatter",
        "reduce-scatter", "alltoall",    "all_toall",             "allto_all",     "all_to_all",    "all_to__all",
        "deep_ep::x",    "deep_ep_x",    "oneshot",               "one_shot",      "two_shot",      "twoshot",
        "two shot",      "quick_reduce", "quickreduce",           "quick_sort",    "reduce_kernel", "gather",
        "void nccl",     "",             "all_reducescatter",     "al_to_all",     "n_ccl",         "moe_all_to_all",
    };
    regex_t regex;
    cr_assert_eq(regcomp(&regex, communication_regex, REG_EXTENDED | REG_ICASE | REG_NOSUB), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_eq(rules_is_collective(text_from(names[i])), regexec(&regex, names[i], 0, NULL, 0) == 0, "case %s",
                     names[i]);
    for (size_t i = 0; i < kernel_case_count; i++)
        cr_expect_eq(rules_is_collective(text_from(kernel_cases[i].name)),
                     regexec(&regex, kernel_cases[i].name, 0, NULL, 0) == 0, "case %s", kernel_cases[i].name);
    regfree(&regex);
}

Test(rules, copies_and_sets_are_known_by_their_kind) {
    struct rules *rules = new_rules();
    const struct text name = TEXT("ncclDevKernel_gemm");
    cr_expect(is(rules_match(rules, EVENT_MEMCPY, name).operation, "Copy/Memory"));
    cr_expect(is(rules_match(rules, EVENT_MEMSET, name).operation, "Memset"));
    cr_expect(is(rules_match(rules, EVENT_MEMCPY, TEXT("")).operation, "Copy/Memory"));
    rules_free(rules);
}

Test(rules, match_names_the_pattern) {
    struct rules *rules = new_rules();
    cr_expect(is(match_kernel(rules, "void at::native::reduce_kernel<512>").rule, "reduce"));
    cr_expect(is(match_kernel(rules, "unheard_of").rule, "*"));
    rules_free(rules);
}

/* The table is matched as it is written. */
Test(rules, builtin_patterns_are_in_lower_case) {
    struct rules *rules = new_rules();
    struct rule_match match;
    size_t count = 0;
    for (; rules_at(rules, count, &match); count++)
        for (size_t i = 0; i < match.rule.size; i++)
            cr_expect_eq(match.rule.data[i], pattern_lower(match.rule.data[i]), "rule %.*s", (int)match.rule.size,
                         match.rule.data);
    cr_expect_gt(count, 100);
    rules_free(rules);
}

Test(rules, every_operation_is_known) {
    static const char *const operations[] = {
        "Attention (Prefill)", "Attention (Decode)", "Attention", "KV Cache", "Dense GEMM", "MoE Routing", "MoE GEMM",
        "MoE GEMM+SwiGLU", "MoE Finalize", "MoE Communication", "RMSNorm", "RMSNorm+GEMM", "LayerNorm",
        "Normalization", "Activation", "RoPE", "Quantization", "Softmax", "Sampling", "Embedding", "Convolution",
        "SSM", "Linear Attention", "Optimizer", "Triton Fused", "Elementwise", "Reduce", "Sorting", "Collective",
        "Copy/Memory", "Memset", "Other"};
    struct rules *rules = new_rules();
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        cr_expect(rules_know(rules, text_from(operations[i])), "case %s", operations[i]);
    cr_expect_not(rules_know(rules, TEXT("dense gemm")));
    cr_expect_not(rules_know(rules, TEXT("My Op")));
    rules_free(rules);
}

/* Each operation is more than a word in the table: some case reaches it. */
Test(rules, every_operation_has_a_case) {
    struct rules *rules = new_rules();
    struct rule_match match;
    for (size_t i = 0; rules_at(rules, i, &match); i++) {
        bool found = false;
        for (size_t k = 0; k < kernel_case_count && !found; k++)
            found = is(match.operation, kernel_cases[k].operation);
        cr_expect(found, "no case is %.*s", (int)match.operation.size, match.operation.data);
    }
    rules_free(rules);
}

Test(rules, long_names_are_matched_by_their_beginning) {
    struct rules *rules = new_rules();
    const size_t size = LIMIT_MATCH_BYTES + 100;
    char *name = malloc(size);
    cr_assert_not_null(name);
    memset(name, 'x', size);
    memcpy(name + LIMIT_MATCH_BYTES - 4, "gemm", 4);
    cr_expect(is(rules_match(rules, EVENT_KERNEL, (struct text){name, size}).operation, "Dense GEMM"));
    memset(name, 'x', size);
    memcpy(name + LIMIT_MATCH_BYTES - 3, "gemm", 4);
    cr_expect(is(rules_match(rules, EVENT_KERNEL, (struct text){name, size}).operation, "Other"));
    free(name);
    rules_free(rules);
}

Test(rules, user_rules_win) {
    static const char content[] = "\xEF\xBB\xBF# my kernels\r\n"
                                  "\r\n"
                                  "   \t\n"
                                  "  Attention (Decode) =  ^MY_Decode_*_kernel  \r\n"
                                  "My Op+/(x)=foo = bar\n"
                                  "Comm=nccl\n"
                                  "Uploads = HtoD\n"
                                  "last = tail";
    static const struct {
        enum event_kind kind;
        const char *name, *operation, *rule;
    } cases[] = {
        {EVENT_KERNEL, "my_decode_v2_kernel<int>", "Attention (Decode)", "^MY_Decode_*_kernel"},
        {EVENT_KERNEL, "void my_decode_v2_kernel", "Attention (Decode)", "^MY_Decode_*_kernel"},
        {EVENT_KERNEL, "not_my_decode_v2_kernel", "Other", "*"},
        {EVENT_KERNEL, "xfoo = Barx", "My Op+/(x)", "foo = bar"},
        {EVENT_KERNEL, "ncclKernel_AllReduce", "Comm", "nccl"},
        {EVENT_MEMCPY, "Memcpy HtoD (Pinned -> Device)", "Uploads", "HtoD"},
        {EVENT_MEMCPY, "Memcpy DtoH (Device -> Pinned)", "Copy/Memory", "gpu_memcpy"},
        {EVENT_KERNEL, "tail", "last", "tail"},
        {EVENT_KERNEL, "volta_sgemm", "Dense GEMM", "gemm"},
    };
    struct rules *rules = new_rules();
    struct error error;
    cr_assert_eq(rules_add(rules, text_from(content), "f", &error), STATUS_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct rule_match match = rules_match(rules, cases[i].kind, text_from(cases[i].name));
        cr_expect(is(match.operation, cases[i].operation), "case %s", cases[i].name);
        cr_expect(is(match.rule, cases[i].rule), "case %s", cases[i].name);
    }
    cr_expect(rules_know(rules, TEXT("My Op+/(x)")));
    cr_expect(rules_is_collective(TEXT("ncclKernel_AllReduce")), "a user's rule does not change what communicates");
    rules_free(rules);
}

Test(rules, user_rules_outlive_their_text_and_keep_their_order) {
    struct rules *rules = new_rules();
    struct error error;
    char content[] = "first = gemm";
    cr_assert_eq(rules_add(rules, text_from(content), "f", &error), STATUS_OK);
    memset(content, 'z', sizeof content);
    cr_assert_eq(rules_add(rules, TEXT("second = volta*gemm\nthird = nvjet\n"), "g", &error), STATUS_OK);
    cr_expect(is(match_kernel(rules, "volta_sgemm").operation, "first"));
    cr_expect(is(match_kernel(rules, "nvjet_tst").operation, "third"));
    rules_free(rules);
}

Test(rules, senseless_files_are_refused_with_their_line) {
    static const struct {
        const char *content, *message;
    } cases[] = {
        {"gemm", "my.rules: line 1: no '=' between operation and pattern"},
        {"# x\r\n\r\nA = b\r\nnothing here\r\n", "my.rules: line 4: no '=' between operation and pattern"},
        {"= gemm", "my.rules: line 1: no operation before '='"},
        {"\n  \t = gemm", "my.rules: line 2: no operation before '='"},
        {"A =  \r\n", "my.rules: line 1: no pattern after '='"},
        {"A = ^", "my.rules: line 1: no pattern after '='"},
        {"A = b\x01", "my.rules: line 1: control characters"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rules *rules = new_rules();
        struct error error;
        cr_expect_eq(rules_add(rules, text_from(cases[i].content), "my.rules", &error), STATUS_USAGE, "case %zu", i);
        cr_expect_str_eq(error.cause[0].text, cases[i].message, "case %zu", i);
        rules_free(rules);
    }
}

Test(rules, files_without_rules_are_fine) {
    static const char *const contents[] = {"", "\n", "\r\n\r\n", "# only\n# comments", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        struct rules *rules = new_rules();
        struct error error;
        cr_expect_eq(rules_add(rules, text_from(contents[i]), "f", &error), STATUS_OK, "case %zu", i);
        cr_expect(is(match_kernel(rules, "volta_sgemm").operation, "Dense GEMM"), "case %zu", i);
        rules_free(rules);
    }
}

static enum status add_many(struct rules *rules, size_t count, struct error *error) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "Op = kernel_%zu\n", i);
    fclose(out);
    const enum status status = rules_add(rules, (struct text){text, size}, "many", error);
    free(text);
    return status;
}

Test(rules, ceilings) {
    struct rules *rules = new_rules();
    struct error error;
    cr_expect_eq(add_many(rules, LIMIT_RULES, &error), STATUS_OK);
    cr_expect_eq(rules_add(rules, TEXT("# a comment is no rule\n"), "more", &error), STATUS_OK);
    cr_expect_eq(rules_add(rules, TEXT("A = b\n"), "more", &error), STATUS_USAGE);
    cr_expect_str_eq(error.cause[0].text, "more: line 1: too many rules");
    rules_free(rules);

    rules = new_rules();
    char *text = malloc(LIMIT_RULE_FILE_BYTES + 1);
    cr_assert_not_null(text);
    memset(text, '\n', LIMIT_RULE_FILE_BYTES + 1);
    cr_expect_eq(rules_add(rules, (struct text){text, LIMIT_RULE_FILE_BYTES}, "f", &error), STATUS_OK);
    cr_expect_eq(rules_add(rules, (struct text){text, LIMIT_RULE_FILE_BYTES + 1}, "f", &error), STATUS_USAGE);
    free(text);
    rules_free(rules);
}

Test(rules, free_takes_null) {
    rules_free(NULL);
}
