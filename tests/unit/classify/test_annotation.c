#include <criterion/criterion.h>

#include "classify/annotation.h"

TestSuite(annotation, .timeout = 10);

struct annotation_case {
    const char *name;
    enum phase phase;
    enum step_kind step;
};

static void expect_all(const struct annotation_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct annotation annotation = annotation_parse(text_from(cases[i].name));
        cr_expect_eq(annotation.phase, cases[i].phase, "case %s: phase %d", cases[i].name, (int)annotation.phase);
        cr_expect_eq(annotation.step, cases[i].step, "case %s: step %d", cases[i].name, (int)annotation.step);
    }
}

#define EXPECT_ALL(cases) expect_all(cases, sizeof(cases) / sizeof *(cases))

Test(annotation, vllm) {
    static const struct annotation_case cases[] = {
        {"execute_context_2(6144)_generation_3(3)", PHASE_MIXED, STEP_KIND_VLLM},
        {"execute_context_1(888_788544)_generation_0(0)", PHASE_PREFILL, STEP_KIND_VLLM},
        {"execute_context_0(0)_generation_32(32)", PHASE_DECODE, STEP_KIND_VLLM},
        {"execute_context_0(0)_generation_0(0)", PHASE_NONE, STEP_KIND_VLLM},
        {"execute_8192_context_9(sq8155sk8430sqsq7475785sqsk7671310)_generation_37(sq37sk34489sqsq37sqsk34489)",
         PHASE_MIXED, STEP_KIND_VLLM},
        {"execute_context_1()_generation_1()", PHASE_MIXED, STEP_KIND_VLLM},
        {"execute_context_1(5)_generation_0(0) and more", PHASE_PREFILL, STEP_KIND_VLLM},
        {"execute_context_00(5)_generation_007(7)", PHASE_DECODE, STEP_KIND_VLLM},
        {"execute_context_99999999999999999999999(5)_generation_0(0)", PHASE_PREFILL, STEP_KIND_VLLM},
        {"execute_context_18446744073709551616(5)_generation_0(0)", PHASE_PREFILL, STEP_KIND_VLLM},
        {"execute_context_0(a)_generation_x(b)_generation_2(2)", PHASE_DECODE, STEP_KIND_VLLM},
        {"execute_context_0(a(b)c)_generation_2(2)", PHASE_DECODE, STEP_KIND_VLLM},
        {"execute_context_1(5)_generation_0(0)_generation_3(3)", PHASE_PREFILL, STEP_KIND_VLLM},
        {"execute_context_0(0)_generation_1(x\ny)", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_0(0\n)_generation_1(1)", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_1(5)_generation_0(", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_1(5)_generation_0", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_1(5)_generation_", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_1(5_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_(5)_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {"execute__context_1(5)_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {"execute_1_2_context_1(5)_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {"execute_context_-1(5)_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {" execute_context_1(5)_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {"Execute_context_1(5)_generation_0(0)", PHASE_NONE, STEP_KIND_NONE},
        {"execute", PHASE_NONE, STEP_KIND_NONE},
        {"execute_", PHASE_NONE, STEP_KIND_NONE},
        {"execute_5", PHASE_NONE, STEP_KIND_NONE},
    };
    EXPECT_ALL(cases);
}

Test(annotation, sglang) {
    static const struct annotation_case cases[] = {
        {"step[EXTEND bs=15 toks=15360]", PHASE_PREFILL, STEP_KIND_SGLANG},
        {"step[DECODE bs=32]", PHASE_DECODE, STEP_KIND_SGLANG},
        {"step[MIXED bs=2]", PHASE_MIXED, STEP_KIND_SGLANG},
        {"step[IDLE]", PHASE_NONE, STEP_KIND_SGLANG},
        {"step[IDLE bs=0]", PHASE_NONE, STEP_KIND_SGLANG},
        {"step[TARGET_VERIFY bs=8]", PHASE_DECODE, STEP_KIND_SGLANG},
        {"step[DRAFT_EXTEND bs=8]", PHASE_PREFILL, STEP_KIND_SGLANG},
        {"step[prefill bs=4]", PHASE_PREFILL, STEP_KIND_SGLANG},
        {"Step[Decode", PHASE_DECODE, STEP_KIND_SGLANG},
        {"step[DECODE]", PHASE_DECODE, STEP_KIND_SGLANG},
        {"step[DECODED bs=2]", PHASE_NONE, STEP_KIND_NONE},
        {"step[DECODE_2 bs=2]", PHASE_NONE, STEP_KIND_NONE},
        {"step[DECOD", PHASE_NONE, STEP_KIND_NONE},
        {"step[ DECODE]", PHASE_NONE, STEP_KIND_NONE},
        {"step[]", PHASE_NONE, STEP_KIND_NONE},
        {"step[", PHASE_NONE, STEP_KIND_NONE},
        {"step 12", PHASE_NONE, STEP_KIND_NONE},
        {"a step[DECODE bs=2]", PHASE_NONE, STEP_KIND_NONE},
    };
    EXPECT_ALL(cases);
}

Test(annotation, others) {
    static const struct annotation_case cases[] = {
        {"ProfilerStep#12", PHASE_NONE, STEP_KIND_PROFILER},
        {"ProfilerStep#", PHASE_NONE, STEP_KIND_NONE},
        {"ProfilerStep#*", PHASE_NONE, STEP_KIND_NONE},
        {"ProfilerStep", PHASE_NONE, STEP_KIND_NONE},
        {"prefill[bs=2 tok=14721 ctx=[1, 2]]", PHASE_PREFILL, STEP_KIND_ATOM},
        {"decode[bs=117/128 tok=117 d=117]", PHASE_DECODE, STEP_KIND_ATOM},
        {"decode", PHASE_NONE, STEP_KIND_NONE},
        {"decode[x]", PHASE_NONE, STEP_KIND_NONE},
        {"execute_diffusion_1_256x256", PHASE_NONE, STEP_KIND_DIFFUSION},
        {"execute_diffusion_", PHASE_NONE, STEP_KIND_NONE},
        {"execute_diffusion_model", PHASE_NONE, STEP_KIND_NONE},
        {"gpu_model_runner: forward", PHASE_NONE, STEP_KIND_NONE},
        {"capture_32_FULL", PHASE_NONE, STEP_KIND_NONE},
        {"capture_8192_PIECEWISE", PHASE_NONE, STEP_KIND_NONE},
        {"## forward ##", PHASE_NONE, STEP_KIND_NONE},
        {"nccl:all_reduce", PHASE_NONE, STEP_KIND_NONE},
        {"", PHASE_NONE, STEP_KIND_NONE},
    };
    EXPECT_ALL(cases);
}

/* A name may be cut anywhere, end at the end of memory, and hold NUL. */
Test(annotation, cut_anywhere) {
    static const char *const names[] = {"execute_12_context_2(6144)_generation_3(3)", "step[TARGET_VERIFY bs=8]",
                                        "ProfilerStep#12", "execute_diffusion_1_256x256", "decode[bs=117/128]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t size = 0; size <= strlen(names[i]); size++) {
            char *copy = malloc(size + 1);
            cr_assert_not_null(copy);
            char *tight = copy + 1;
            memcpy(tight, names[i], size);
            const bool whole = size == strlen(names[i]);
            const struct annotation annotation = annotation_parse((struct text){tight, size});
            if (whole)
                cr_expect_neq(annotation.step, STEP_KIND_NONE, "case %s", names[i]);
            cr_expect(annotation.phase == PHASE_NONE || annotation.step != STEP_KIND_NONE, "case %s at %zu", names[i],
                      size);
            free(copy);
        }
    cr_expect_eq(annotation_parse(TEXT("execute\0_context_1(5)_generation_0(0)")).step, STEP_KIND_NONE);
    cr_expect_eq(annotation_parse((struct text){NULL, 0}).step, STEP_KIND_NONE);
}

Test(annotation, requests_and_tokens) {
    static const struct {
        const char *name;
        uint32_t requests, tokens;
    } cases[] = {
        {"execute_context_2(6144)_generation_3(3)", 5, 6147},
        {"execute_context_0(0)_generation_32(32)", 32, 32},
        {"execute_8192_context_9(sq8155sk8430)_generation_37(sq37sk34489)", 46, 8192},
        {"execute_context_1(888_788544)_generation_0(0)", 1, 0},
        {"execute_context_99999999999999999999(7)_generation_9(9)", UINT32_MAX, 16},
        {"execute_context_4000000000(4294967295)_generation_4000000000(1)", UINT32_MAX, UINT32_MAX},
        {"step[EXTEND bs=15 toks=15360]", 15, 15360},
        {"step[DECODE bs=32]", 32, 0},
        {"step[DECODE tp=2 bs=8 toks=9]", 8, 9},
        {"step[IDLE]", 0, 0},
        {"prefill[bs=2 tok=14721 ctx=[..]]", 2, 14721},
        {"decode[bs=117/128 tok=117 d=117]", 117, 117},
        {"decode[bs=x]", 0, 0},
        {"ProfilerStep#12", 0, 0},
        {"execute_diffusion_1_256x256", 0, 0},
        {"forward", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct annotation annotation = annotation_parse(text_from(cases[i].name));
        cr_expect_eq(annotation.requests, cases[i].requests, "case %s: %u requests", cases[i].name,
                     annotation.requests);
        cr_expect_eq(annotation.tokens, cases[i].tokens, "case %s: %u tokens", cases[i].name, annotation.tokens);
    }
}
