#include <criterion/criterion.h>
#include <stdlib.h>

#include "compare/align.h"
#include "made_summary.h"

TestSuite(similarity, .timeout = 10);

/* A pair is looked for among kernels that are at least so alike. */
enum { ALIKE = 400 };

static const struct {
    const char *name;
    struct made_kernel a, b;
    bool identical, alike;
    enum event_kind b_kind;
} cases[] = {
    {"the same", {"RMSNorm", "rms_norm", 0}, {"RMSNorm", "rms_norm", 0}, true, true, EVENT_KERNEL},
    {"the same, classified otherwise", {"RMSNorm", "rms_norm", 0}, {"Other", "rms_norm", 0}, true, true, EVENT_KERNEL},
    {"a kernel and a copy of one name", {"Copy", "x", 0}, {"Copy", "x", 0}, false, true, EVENT_MEMCPY},
    {"inductor's index",
     {"Triton Fused", "triton_poi_fused_add_3", 0},
     {"Triton Fused", "triton_poi_fused_add_12", 0},
     true,
     true,
     EVENT_KERNEL},
    {"a number that is no index", {"Dense GEMM", "gemm_3", 0}, {"Dense GEMM", "gemm_4", 0}, false, true, EVENT_KERNEL},
    {"two vendors' GEMMs",
     {"Dense GEMM", "Cijk_Alik_Bljk_MT128", 0},
     {"Dense GEMM", "nvjet_tst_64x64", 0},
     false,
     true,
     EVENT_KERNEL},
    {"attention of two phases",
     {"Attention (Prefill)", "fmha_fwd", 0},
     {"Attention (Decode)", "paged_attention", 0},
     false,
     true,
     EVENT_KERNEL},
    {"template arguments",
     {"Elementwise", "vec<4, AddFunctor>", 0},
     {"Elementwise", "vec<8, AddFunctor>", 0},
     false,
     true,
     EVENT_KERNEL},
    {"another function of the same operation",
     {"Elementwise", "elementwise_add_kernel", 0},
     {"Elementwise", "elementwise_neg_kernel", 0},
     false,
     false,
     EVENT_KERNEL},
    {"inductor's sources are no GEMM",
     {"Triton Fused", "triton_poi_fused_addmm_gelu", 0},
     {"Dense GEMM", "nvjet", 0},
     false,
     false,
     EVENT_KERNEL},
    {"norm and GEMM", {"RMSNorm", "rms_norm", 0}, {"Dense GEMM", "nvjet", 0}, false, false, EVENT_KERNEL},
    {"nothing known of either", {"Other", "mystery", 0}, {"Other", "enigma", 0}, false, false, EVENT_KERNEL},
};

static struct traits traits_of(struct summary *summary, struct made_kernel kernel, enum event_kind kind) {
    made_summary_run(summary, (struct made_work){kernel.operation, kernel.kernel, kind, PHASE_NONE, 1, 0, 0, 0});
    struct traits traits;
    traits_init(&traits, summary, &summary->kernels[summary->kernel_count - 1]);
    return traits;
}

Test(similarity, says_which_kernels_do_the_same) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct summary *left = made_summary_new(), *right = made_summary_new();
        const struct traits a = traits_of(left, cases[i].a, EVENT_KERNEL);
        const struct traits b = traits_of(right, cases[i].b, cases[i].b_kind);
        const unsigned there = similarity_of(&a, &b), back = similarity_of(&b, &a);
        cr_expect_eq(there, back, "case %s", cases[i].name);
        cr_expect_eq(there == SIMILARITY_IDENTICAL, cases[i].identical, "case %s: %u", cases[i].name, there);
        cr_expect_eq(there >= ALIKE, cases[i].alike, "case %s: %u", cases[i].name, there);
        cr_expect_leq(there, SIMILARITY_IDENTICAL, "case %s", cases[i].name);
        summary_free(left);
        summary_free(right);
    }
}

Test(similarity, words_end_at_digits_signs_and_capitals) {
    static const struct {
        const char *text;
        bool camel;
        const char *words[6];
    } texts[] = {
        {"fused_add_rms_norm", true, {"fused", "add", "rms", "norm"}},
        {"CUDAFunctorOnSelf_add2d", true, {"cuda", "functor", "on", "self", "add", "d"}},
        {"RoPE", false, {"rope"}},
        {"<4, 8>", true, {NULL}},
        {"anextraordinarilylongwordthatiscut", true, {"anextraordinarilylongwo"}},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char word[WORK_WORD_BYTES];
        size_t at = 0, k = 0;
        for (; work_next_word(text_from(texts[i].text), &at, texts[i].camel, word); k++)
            cr_expect(texts[i].words[k] && strcmp(word, texts[i].words[k]) == 0, "case %s: %s", texts[i].text, word);
        cr_expect(k == 6 || !texts[i].words[k], "case %s", texts[i].text);
    }
}

/* Beyond the budget only names count, and all kernels are still there. */
Test(similarity, without_budget_only_identical_kernels_are_aligned) {
    struct summary *summary = made_summary_new();
    const struct traits gemm = traits_of(summary, (struct made_kernel){"Dense GEMM", "nvjet", 0}, EVENT_KERNEL);
    const struct traits other = traits_of(summary, (struct made_kernel){"Dense GEMM", "Cijk", 0}, EVENT_KERNEL);
    const struct traits norm = traits_of(summary, (struct made_kernel){"RMSNorm", "rms_norm", 0}, EVENT_KERNEL);
    const struct align_item base[] = {{&gemm, 9}, {&norm, 1}}, test[] = {{&other, 9}, {&norm, 1}};
    struct align_budget budget = {0};
    struct align_block *blocks;
    struct error error = {0};
    uint32_t count, base_count = 0, test_count = 0, identical = 0;
    cr_assert_eq(align_sequences(&blocks, &count, base, 2, test, 2, &budget, &error), STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        base_count += blocks[i].base_count;
        test_count += blocks[i].test_count;
        identical += blocks[i].identical;
    }
    cr_expect_eq(count, 3);
    cr_expect_eq(base_count, 2);
    cr_expect_eq(test_count, 2);
    cr_expect_eq(identical, 1);
    free(blocks);
    summary_free(summary);
}
