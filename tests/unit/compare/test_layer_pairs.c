#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "made_summary.h"

TestSuite(layer_pairs, .timeout = 60);

enum { CASE_KERNELS = 14 };

static struct diff *compared(const struct summary *base, const struct summary *test) {
    struct error error = {0};
    struct diff *diff;
    cr_assert_eq(compare_new(&diff, base, test, &(struct compare_options){0}, &error), STATUS_OK, "%s",
                 error.cause[0].text);
    return diff;
}

static struct summary *layered(const struct made_kernel *kernels, uint32_t count) {
    struct summary *summary = made_summary_finish(made_summary_new());
    made_summary_layer(summary, 0, PHASE_NONE, 1, kernels, count);
    return summary;
}

static void say_names(FILE *out, const struct summary *summary, const uint32_t *kernels, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const struct text name = names_get(summary->names, summary->kernels[kernels[i]].name);
        fprintf(out, "%s%.*s", i > 0 ? "+" : "", (int)name.size, name.data);
    }
}

/* "norm+gemm>tem a=a": = same, ~ replaced, > fused, < split, - base only, + test only. */
static char *pairs_text(const struct diff *diff, const struct diff_layer *layer) {
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_not_null(out);
    for (uint32_t i = 0; i < layer->pair_count; i++) {
        const struct diff_pair *pair = &layer->pairs[i];
        fprintf(out, "%s", i > 0 ? " " : "");
        say_names(out, diff->base, pair->base_kernels, pair->base_count);
        fprintf(out, "%c", "=~><-+"[pair->kind]);
        say_names(out, diff->test, pair->test_kernels, pair->test_count);
    }
    fclose(out);
    return text;
}

#define ADD "at_CUDAFunctor_add"
#define COPY "at_direct_copy_kernel"
#define POW "at_pow_tensor_scalar"
#define MEAN "at_MeanOps"
#define RSQRT "at_rsqrt_kernel"
#define MUL "at_MulFunctor"

static const struct {
    const char *name;
    struct made_kernel base[CASE_KERNELS], test[CASE_KERNELS];
    const char *pairs;
} cases[] = {
    {"the same",
     {{"RMSNorm", "rms_norm", 3}, {"Dense GEMM", "nvjet_a", 30}},
     {{"RMSNorm", "rms_norm", 4}, {"Dense GEMM", "nvjet_a", 33}},
     "rms_norm=rms_norm nvjet_a=nvjet_a"},
    {"another vendor",
     {{"Dense GEMM", "nvjet_a", 30}, {"Attention (Prefill)", "flash_fwd_kernel", 30}, {"Dense GEMM", "nvjet_b", 9}},
     {{"Dense GEMM", "Cijk_a", 33}, {"Attention (Prefill)", "attn_fwd", 30}, {"Dense GEMM", "wvSplitK_b", 9}},
     "nvjet_a~Cijk_a flash_fwd_kernel~attn_fwd nvjet_b~wvSplitK_b"},
    {"an inductor index says nothing",
     {{"Triton Fused", "triton_poi_fused_add_3", 5}},
     {{"Triton Fused", "triton_poi_fused_add_11", 5}},
     "triton_poi_fused_add_3=triton_poi_fused_add_11"},
    {"a kernel more",
     {{"Dense GEMM", "nvjet_a", 30}, {"RMSNorm", "rms_norm", 3}},
     {{"Dense GEMM", "nvjet_a", 30}, {"Elementwise", ADD, 5}, {"Elementwise", ADD, 5}, {"RMSNorm", "rms_norm", 3}},
     "nvjet_a=nvjet_a +" ADD " +" ADD " rms_norm=rms_norm"},
    {"identical names by count are no fusion",
     {{"Dense GEMM", "nvjet_a", 30}, {"Dense GEMM", "nvjet_a", 30}, {"Dense GEMM", "nvjet_a", 30}},
     {{"Dense GEMM", "nvjet_a", 60}},
     "nvjet_a=nvjet_a nvjet_a- nvjet_a-"},
    {"other work is no partner",
     {{"Elementwise", ADD, 5}, {"Dense GEMM", "nvjet_a", 30}},
     {{"RoPE", "rotary_embedding", 5}, {"Dense GEMM", "nvjet_a", 30}},
     ADD "- +rotary_embedding nvjet_a=nvjet_a"},
    {"norm and GEMM",
     {{"Attention (Decode)", "flash", 9}, {"RMSNorm", "fused_add_rms_norm_kernel", 3}, {"Dense GEMM", "nvjet_a", 30}},
     {{"Attention (Decode)", "flash", 9}, {"RMSNorm+GEMM", "triton_tem_fused_add_mm_mul_rms_norm_0", 31}},
     "flash=flash fused_add_rms_norm_kernel+nvjet_a>triton_tem_fused_add_mm_mul_rms_norm_0"},
    {"add, norm and quantisation",
     {{"Elementwise", ADD, 5}, {"RMSNorm", "rms_norm_kernel", 9}, {"Quantization", "scaled_fp8_quant_kernel", 4}},
     {{"RMSNorm", "add_rmsnorm_quant_kernel", 9}},
     ADD "+rms_norm_kernel+scaled_fp8_quant_kernel>add_rmsnorm_quant_kernel"},
    {"activation of another make",
     {{"Dense GEMM", "nvjet_a", 30}, {"Activation", "silu_kernel", 9}, {"Elementwise", MUL, 9}},
     {{"Dense GEMM", "nvjet_b", 30}, {"Activation", "act_and_mul_kernel", 12}},
     "nvjet_a~nvjet_b silu_kernel+" MUL ">act_and_mul_kernel"},
    {"projections in one GEMM",
     {{"Dense GEMM", "nvjet_q", 20}, {"Dense GEMM", "nvjet_k", 10}, {"Dense GEMM", "nvjet_v", 10}},
     {{"Dense GEMM", "nvjet_qkv", 35}},
     "nvjet_q+nvjet_k+nvjet_v>nvjet_qkv"},
    {"a norm in pieces",
     {{"Copy/Memory", COPY, 9},
      {"Elementwise", POW, 9},
      {"Reduce", MEAN, 9},
      {"Elementwise", ADD, 1},
      {"Elementwise", RSQRT, 1},
      {"Elementwise", MUL, 9},
      {"Dense GEMM", "nvjet_a", 30}},
     {{"RMSNorm", "rms_norm_kernel", 9}, {"Dense GEMM", "Cijk_a", 30}},
     COPY "+" POW "+" MEAN "+" ADD "+" RSQRT "+" MUL ">rms_norm_kernel nvjet_a~Cijk_a"},
    {"sources that inductor lists",
     {{"Elementwise", POW, 9}, {"Reduce", MEAN, 9}, {"Elementwise", RSQRT, 1}, {"Elementwise", MUL, 9}},
     {{"Triton Fused", "triton_red_fused_mean_mul_pow_rsqrt_4", 9}},
     POW "+" MEAN "+" RSQRT "+" MUL ">triton_red_fused_mean_mul_pow_rsqrt_4"},
    {"another order",
     {{"RoPE", "rotary_embedding", 9}, {"KV Cache", "reshape_and_cache", 9}},
     {{"KV Cache", "reshape_and_cache", 9}, {"RoPE", "rotary_embedding", 9}},
     "rotary_embedding+reshape_and_cache=reshape_and_cache+rotary_embedding"},
    {"big kernels before crumbs",
     {{"Dense GEMM", "nvjet_router", 1}, {"Dense GEMM", "nvjet_big", 90}},
     {{"Dense GEMM", "nvjet_big", 90}},
     "nvjet_router- nvjet_big=nvjet_big"},
    {"nothing on one side", {{"RMSNorm", "rms_norm", 3}, {"Dense GEMM", "nvjet_a", 30}}, {{0}}, "rms_norm- nvjet_a-"},
};

static uint32_t case_count(const struct made_kernel *kernels) {
    uint32_t count = 0;
    while (count < CASE_KERNELS && kernels[count].kernel)
        count++;
    return count;
}

Test(layer_pairs, kernels_that_do_the_same_work_are_paired) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct summary *base = layered(cases[i].base, case_count(cases[i].base));
        struct summary *test = layered(cases[i].test, case_count(cases[i].test));
        struct diff *diff = compared(base, test);
        char *pairs = pairs_text(diff, &diff->layers[0]);
        cr_expect_str_eq(pairs, cases[i].pairs, "case %s: %s", cases[i].name, pairs);
        free(pairs);
        diff_free(diff);
        summary_free(base);
        summary_free(test);
    }
}

/* Names of all kinds of work, so that all kinds of pairs come about. */
static const struct made_kernel pool[] = {
    {"Dense GEMM", "nvjet_a", 40},
    {"Dense GEMM", "nvjet_b", 50},
    {"Dense GEMM", "Cijk_c_Bias", 45},
    {"RMSNorm", "fused_add_rms_norm_kernel", 6},
    {"RMSNorm", "rms_norm_kernel", 5},
    {"RMSNorm+GEMM", "triton_tem_fused_add_mm_mul_rms_norm_0", 50},
    {"Attention (Decode)", "flash_fwd_splitkv", 30},
    {"Attention (Prefill)", "attn_fwd", 35},
    {"Elementwise", ADD, 4},
    {"Elementwise", MUL, 4},
    {"Elementwise", POW, 4},
    {"Reduce", MEAN, 4},
    {"Elementwise", RSQRT, 1},
    {"Copy/Memory", COPY, 3},
    {"Activation", "silu_kernel", 7},
    {"Activation", "act_and_mul_kernel", 9},
    {"Triton Fused", "triton_poi_fused_add_mul_3", 5},
    {"Triton Fused", "triton_poi_fused_add_mul_7", 5},
    {"Memset", "Memset (Device)", 0},
    {"Other", "mystery", 2},
};

enum { POOL = sizeof pool / sizeof *pool, RANDOM_KERNELS = 24 };

static uint32_t random_kernels(uint64_t *seed, struct made_kernel kernels[RANDOM_KERNELS]) {
    const uint32_t count = (uint32_t)made_random(seed, RANDOM_KERNELS);
    for (uint32_t i = 0; i < count; i++) {
        kernels[i] = pool[made_random(seed, POOL)];
        kernels[i].ns *= (int64_t)made_random(seed, 1000);
    }
    return count;
}

/* Layers 0 to 3 with a few of the phases; some layers are missing. */
static struct summary *random_layers(uint64_t *seed) {
    struct summary *summary = made_summary_finish(made_summary_random(seed, 0));
    for (uint32_t layer = 0; layer < 4; layer++)
        for (int phase = 0; phase < PHASES; phase++) {
            struct made_kernel kernels[RANDOM_KERNELS];
            const uint32_t count = random_kernels(seed, kernels);
            if (made_random(seed, 3) > 0)
                made_summary_layer(summary, layer, (enum phase)phase, 1 + made_random(seed, 9), kernels, count);
        }
    return summary;
}

static void expect_sums(const struct diff_layer *layer, uint64_t seed) {
    struct amount sum = {0, 0, 0};
    for (uint32_t i = 0; i < layer->pair_count; i++) {
        const struct diff_pair *pair = &layer->pairs[i];
        sum.base_ns += pair->amount.base_ns;
        sum.test_ns += pair->amount.test_ns;
        sum.gap_ns += pair->amount.gap_ns;
        cr_expect_eq(pair->amount.gap_ns, pair->amount.test_ns - pair->amount.base_ns);
        cr_expect_geq(pair->amount.base_ns, 0);
        cr_expect_geq(pair->amount.test_ns, 0);
        cr_expect_eq(pair->kind == PAIR_BASE_ONLY, pair->test_count == 0);
        cr_expect_eq(pair->kind == PAIR_TEST_ONLY, pair->base_count == 0);
        cr_expect_eq(pair->kind == PAIR_FUSED, pair->base_count > pair->test_count && pair->test_count > 0);
        cr_expect_eq(pair->kind == PAIR_SPLIT, pair->test_count > pair->base_count && pair->base_count > 0);
    }
    cr_expect_eq(sum.base_ns, layer->amount.base_ns, "seed %llu", (unsigned long long)seed);
    cr_expect_eq(sum.test_ns, layer->amount.test_ns, "seed %llu", (unsigned long long)seed);
    cr_expect_eq(sum.gap_ns, layer->amount.gap_ns, "seed %llu", (unsigned long long)seed);
}

/* The kernels of the pairs are those of the shapes, one after the other. */
static void expect_shape(const struct summary *summary, const struct diff_layer *layer, bool is_base, enum phase phase,
                         const struct layer_shape *shape) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < layer->pair_count; i++) {
        const struct diff_pair *pair = &layer->pairs[i];
        if ((is_base ? pair->base_phase : pair->test_phase) != phase)
            continue;
        for (uint32_t k = 0; k < (is_base ? pair->base_count : pair->test_count); k++, next++) {
            cr_assert_lt(next, shape->kernel_count);
            const uint32_t kernel = is_base ? pair->base_kernels[k] : pair->test_kernels[k];
            cr_expect_eq(kernel, shape->kernels[next].kernel);
            cr_expect_lt(kernel, summary->kernel_count);
        }
    }
    cr_expect(next == shape->kernel_count || next == 0);
}

static void expect_every_kernel_once(const struct summary *summary, const struct diff_layer *layer, bool is_base) {
    for (uint32_t i = 0; i < summary->layers.row_count; i++) {
        const struct layer_row *row = &summary->layers.rows[i];
        for (int phase = 0; row->layer == layer->layer && phase < PHASES; phase++)
            if (row->phases[phase].count > 0)
                expect_shape(summary, layer, is_base, (enum phase)phase,
                             &summary->layers.shapes[row->phases[phase].shape]);
    }
}

static enum pair_kind mirrored(enum pair_kind kind) {
    static const enum pair_kind kinds[] = {
        [PAIR_SAME] = PAIR_SAME,   [PAIR_REPLACED] = PAIR_REPLACED,   [PAIR_FUSED] = PAIR_SPLIT,
        [PAIR_SPLIT] = PAIR_FUSED, [PAIR_BASE_ONLY] = PAIR_TEST_ONLY, [PAIR_TEST_ONLY] = PAIR_BASE_ONLY};
    return kinds[kind];
}

static void expect_same_list(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count) {
    cr_assert_eq(a_count, b_count);
    for (uint32_t i = 0; i < a_count; i++)
        cr_expect_eq(a[i], b[i]);
}

static void expect_mirrored_pair(const struct diff_pair *a, const struct diff_pair *b) {
    cr_expect_eq(a->kind, mirrored(b->kind));
    cr_expect_eq(a->amount.base_ns, b->amount.test_ns);
    cr_expect_eq(a->amount.gap_ns, -b->amount.gap_ns);
    cr_expect_eq(a->base_phase, b->test_phase);
    cr_expect(text_equal(a->operation, b->operation));
    expect_same_list(a->base_kernels, a->base_count, b->test_kernels, b->test_count);
    expect_same_list(a->test_kernels, a->test_count, b->base_kernels, b->base_count);
}

static void expect_mirrored(const struct diff *there, const struct diff *back) {
    cr_assert_eq(there->layer_count, back->layer_count);
    for (uint32_t i = 0; i < there->layer_count; i++) {
        const struct diff_layer *a = &there->layers[i], *b = &back->layers[i];
        cr_assert_eq(a->pair_count, b->pair_count);
        cr_expect_eq(a->amount.gap_ns, -b->amount.gap_ns);
        cr_expect_eq(a->in_base, b->in_test);
        for (uint32_t k = 0; k < a->pair_count; k++)
            expect_mirrored_pair(&a->pairs[k], &b->pairs[k]);
    }
    cr_assert_eq(there->fusion_count, back->fusion_count);
    for (uint32_t i = 0; i < there->fusion_count; i++) {
        const struct diff_fusion *a = &there->fusions[i], *b = &back->fusions[i];
        cr_expect_neq(a->test_fuses, b->test_fuses);
        cr_expect_eq(a->gap_ns, -b->gap_ns);
        cr_expect_eq(a->occurrences, b->occurrences);
        cr_expect_float_eq(a->confidence, b->confidence, 0);
        expect_same_list(a->fused, a->fused_count, b->fused, b->fused_count);
        expect_same_list(a->separate, a->separate_count, b->separate, b->separate_count);
    }
}

Test(layer_pairs, sums_hold_every_kernel_is_in_one_pair_and_swapped_sides_mirror) {
    for (uint64_t round = 0; round < 150; round++) {
        uint64_t seed = round;
        struct summary *base = random_layers(&seed), *test = random_layers(&seed);
        struct diff *there = compared(base, test), *back = compared(test, base);
        for (uint32_t i = 0; i < there->layer_count; i++) {
            expect_sums(&there->layers[i], round);
            expect_every_kernel_once(base, &there->layers[i], true);
            expect_every_kernel_once(test, &there->layers[i], false);
        }
        expect_mirrored(there, back);
        diff_free(there);
        diff_free(back);
        summary_free(base);
        summary_free(test);
    }
}

Test(layer_pairs, a_trace_is_the_same_as_itself) {
    for (uint64_t round = 0; round < 30; round++) {
        uint64_t seed = round;
        struct summary *summary = random_layers(&seed);
        struct diff *diff = compared(summary, summary);
        for (uint32_t i = 0; i < diff->layer_count; i++) {
            cr_expect_eq(diff->layers[i].amount.gap_ns, 0);
            for (uint32_t k = 0; k < diff->layers[i].pair_count; k++) {
                cr_expect_eq(diff->layers[i].pairs[k].kind, PAIR_SAME);
                cr_expect_eq(diff->layers[i].pairs[k].amount.gap_ns, 0);
            }
        }
        cr_expect_eq(diff->fusion_count, 0);
        cr_expect_eq(diff->same_count, diff->kernel_count);
        diff_free(diff);
        summary_free(summary);
    }
}

static const struct made_kernel norm = {"RMSNorm", "fused_add_rms_norm_kernel", 10};
static const struct made_kernel gemm = {"Dense GEMM", "nvjet_a", 100};
static const struct made_kernel template = {"RMSNorm+GEMM", "triton_tem_fused_add_mm_mul_rms_norm_0", 104};

Test(layer_pairs, layers_are_paired_by_number) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    for (uint32_t layer = 0; layer < 4; layer++) {
        made_summary_layer(base, layer, PHASE_NONE, 2, &gemm, 1);
        if (layer != 2)
            made_summary_layer(test, layer, PHASE_NONE, 3, &gemm, 1);
    }
    struct diff *diff = compared(base, test);
    cr_assert_eq(diff->layer_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        cr_expect_eq(diff->layers[i].layer, i);
        cr_expect_eq(diff->layers[i].status, i == 2 ? DIFF_BASE_ONLY : DIFF_SIMILAR);
        cr_expect_eq(diff->layers[i].amount.base_ns, 100);
        cr_expect_eq(diff->layers[i].amount.test_ns, i == 2 ? 0 : 100);
        cr_expect_eq(diff->layers[i].pairs[0].kind, i == 2 ? PAIR_BASE_ONLY : PAIR_SAME);
    }
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(layer_pairs, counted_layers_that_are_not_as_many_are_compared_by_the_longest) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    for (uint32_t layer = 0; layer < 4; layer++) {
        made_summary_layer(base, layer, PHASE_NONE, layer == 3 ? 2 : 1, &gemm, 1);
        if (layer < 3)
            made_summary_layer(test, layer, PHASE_NONE, layer == 1 ? 2 : 1, &gemm, 1);
    }
    base->layers.method = LAYERS_PERIOD;
    struct diff *diff = compared(base, test);
    cr_assert_eq(diff->layer_count, 1);
    cr_expect_eq(diff->layers[0].layer, 1);
    cr_expect_eq(diff->layers[0].amount.base_ns, 100);
    cr_expect_eq(diff->layers[0].pairs[0].kind, PAIR_SAME);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

/* Base ran two prefills and two decodes, test one and nine: no layer got faster by that. */
Test(layer_pairs, phases_weigh_alike_on_both_sides) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    const struct made_kernel prefill = {"Dense GEMM", "nvjet_large", 700000}, decode = gemm;
    made_summary_layer(base, 0, PHASE_PREFILL, 2, &prefill, 1);
    made_summary_layer(base, 0, PHASE_DECODE, 2, &decode, 1);
    made_summary_layer(base, 0, PHASE_MIXED, 5, &prefill, 1);
    made_summary_layer(test, 0, PHASE_PREFILL, 1, &prefill, 1);
    made_summary_layer(test, 0, PHASE_DECODE, 9, &decode, 1);
    struct diff *diff = compared(base, test);
    const struct diff_layer *layer = &diff->layers[0];
    cr_expect_eq(layer->amount.base_ns, 150000 + 79);
    cr_expect_eq(layer->amount.gap_ns, 0);
    cr_expect_eq(layer->status, DIFF_SIMILAR);
    cr_assert_eq(layer->pair_count, 2, "the mixed step has nothing to be compared with");
    cr_expect_eq(layer->pairs[0].amount.base_ns, 150000);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(layer_pairs, without_a_phase_in_common_the_longest_are_compared) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    made_summary_layer(base, 0, PHASE_DECODE, 7, &gemm, 1);
    made_summary_layer(base, 0, PHASE_MIXED, 1, &norm, 1);
    made_summary_layer(test, 0, PHASE_NONE, 2, &gemm, 1);
    struct diff *diff = compared(base, test);
    cr_assert_eq(diff->layers[0].pair_count, 1);
    cr_expect_eq(diff->layers[0].pairs[0].kind, PAIR_SAME);
    cr_expect_eq(diff->layers[0].pairs[0].base_phase, PHASE_DECODE);
    cr_expect_eq(diff->layers[0].pairs[0].test_phase, PHASE_NONE);
    cr_expect_eq(diff->layers[0].amount.base_ns, 100);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(layer_pairs, a_fusion_is_counted_over_layers_and_runs) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    const struct made_kernel apart[] = {norm, gemm};
    for (uint32_t layer = 0; layer < 3; layer++) {
        made_summary_layer(base, layer, PHASE_DECODE, 5, apart, 2);
        made_summary_layer(test, layer, PHASE_DECODE, 20, &template, 1);
    }
    struct diff *diff = compared(base, test);
    cr_assert_eq(diff->fusion_count, 1);
    const struct diff_fusion *fusion = &diff->fusions[0];
    cr_expect(fusion->test_fuses);
    cr_expect_eq(fusion->fused_count, 1);
    cr_expect_eq(fusion->separate_count, 2);
    cr_expect_eq(fusion->occurrences, 60);
    cr_expect_eq(fusion->gap_ns, 60 * (104 - 110));
    cr_expect_gt(fusion->confidence, 0.9);
    cr_expect_leq(fusion->confidence, 1);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

/* The template stands once for norm and GEMM and once for the GEMM alone. */
Test(layer_pairs, an_inconsistent_fusion_is_less_sure) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    const struct made_kernel apart[] = {norm, gemm};
    made_summary_layer(base, 0, PHASE_DECODE, 20, apart, 2);
    made_summary_layer(base, 1, PHASE_DECODE, 20, &gemm, 1);
    made_summary_layer(test, 0, PHASE_DECODE, 20, &template, 1);
    made_summary_layer(test, 1, PHASE_DECODE, 20, &template, 1);
    struct diff *diff = compared(base, test);
    cr_assert_eq(diff->fusion_count, 1);
    cr_expect_lt(diff->fusions[0].confidence, 0.5);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(layer_pairs, long_layers_are_aligned_in_pieces) {
    enum { LONG = 1500 };
    struct made_kernel *kernels = calloc(LONG, sizeof *kernels);
    for (uint32_t i = 0; i < LONG; i++)
        kernels[i] = pool[i % POOL];
    struct summary *base = layered(kernels, LONG), *test = layered(kernels, LONG);
    struct diff *diff = compared(base, test);
    cr_assert_eq(diff->layers[0].pair_count, LONG);
    for (uint32_t i = 0; i < LONG; i++)
        cr_expect_eq(diff->layers[0].pairs[i].kind, PAIR_SAME);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
    free(kernels);
}

Test(layer_pairs, a_phase_without_a_shape_of_its_own_takes_the_first) {
    struct summary *base = made_summary_finish(made_summary_new()), *test = made_summary_finish(made_summary_new());
    made_summary_layer(base, 0, PHASE_DECODE, 1, &gemm, 1);
    made_summary_layer(test, 0, PHASE_DECODE, 1, &gemm, 1);
    test->layers.rows[0].phases[PHASE_DECODE].shape = LAYER_NO_SHAPE;
    struct diff *diff = compared(base, test);
    cr_expect_eq(diff->layers[0].pairs[0].kind, PAIR_SAME);
    diff_free(diff);
    layers_fini(&test->layers);
    diff = compared(base, test);
    cr_expect_eq(diff->layers[0].status, DIFF_BASE_ONLY);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}

Test(layer_pairs, kernels_of_the_same_name_are_listed_with_their_means) {
    struct summary *base = made_summary_new(), *test = made_summary_new();
    made_summary_run(base, (struct made_work){"Norm", "n", EVENT_KERNEL, PHASE_NONE, 2, 400, 0, 0});
    made_summary_run(base, (struct made_work){"Norm", "gone", EVENT_KERNEL, PHASE_NONE, 2, 400, 0, 0});
    made_summary_run(test, (struct made_work){"Norm", "n", EVENT_KERNEL, PHASE_NONE, 4, 1200, 0, 0});
    struct diff *diff = compared(made_summary_finish(base), made_summary_finish(test));
    cr_assert_eq(diff->same_count, 1);
    cr_expect(text_equal(diff->same[0].name, TEXT("n")));
    cr_expect_eq(diff->same[0].base_mean_ns, 200);
    cr_expect_eq(diff->same[0].test_mean_ns, 300);
    cr_expect_eq(diff->same[0].gap_ns, 800);
    diff_free(diff);
    summary_free(base);
    summary_free(test);
}
