#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/limits.h"
#include "report/readable_name.h"

TestSuite(readable_name, .timeout = 10);

static const char reduce[] =
    "void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::func_wrapper_t<float, "
    "at::native::sum_functor<float, c10::Half, float>::operator()(at::TensorIterator&)::{lambda(float, float)#1}>, "
    "unsigned int, float, 4> >(at::native::ReduceOp<float, at::native::func_wrapper_t<float> >)";
static const char copy[] =
    "void at::native::elementwise_kernel<128, 4, at::native::gpu_kernel_impl<at::native::(anonymous "
    "namespace)::direct_copy_kernel_cuda(at::TensorIteratorBase&)::{lambda()#2}::operator()() "
    "const::{lambda()#20}::operator()() const::{lambda(c10::Half)#1}>(at::TensorIteratorBase&, int)>(int, float)";

static const struct {
    const char *name;
    size_t columns;
    const char *readable;
} cases[] = {
    {"nvjet_tst_64x64_TNT", 8, "nvjet_tst_64x64_TNT"},
    {"Memcpy HtoD (Pinned -> Device)", 10, "Memcpy HtoD (Pinned -> Device)"},
    {"Memset (Device)", 1, "Memset (Device)"},
    {"ncclDevKernel_Generic(ncclDevKernelArgsStorage<4096ul>)", 100, "ncclDevKernel_Generic"},
    {"void vllm::rms_norm_kernel<c10::BFloat16, 8>(float*)", 100, "vllm::rms_norm_kernel<c10::BFloat16, 8>"},
    {"void vllm::rms_norm_kernel<c10::BFloat16, 8>(float*)", 38, "vllm::rms_norm_kernel<BFloat16, 8>"},
    {"void vllm::rms_norm_kernel<c10::BFloat16, 8>(float*)", 30, "rms_norm_kernel<BFloat16, 8>"},
    {"void vllm::rms_norm_kernel<c10::BFloat16, 8>(float*)", 1, "rms_norm_kernel<BFloat16"},
    {"(anonymous namespace)::store_kvcache<2048l, 4, false, long>", 1, "store_kvcache"},
    {"std::enable_if<(((8)>(0)))&&a::b<c>::exists, void>::type vllm::norm<8>(int)", 99, "vllm::norm<8>"},
    {"void quantize<(Kind)2, __nv_bfloat16, 32>(float)", 1, "quantize<__nv_bfloat16"},
    {"void quantize<Kind, unsigned int const*, 3>(float)", 1, "quantize<Kind"},
    {"void cub::Sort<cub::Policy<long, int>::Policy800, false>(int*)", 1, "Sort<Policy::Policy800"},
    {reduce, 1, "reduce_kernel<ReduceOp<func_wrapper_t<sum_functor<Half"},
    {reduce, 100, "reduce_kernel<ReduceOp<func_wrapper_t<sum_functor<Half>>>>"},
    {copy, 80, "at::native::elementwise_kernel<128, 4, gpu_kernel_impl<direct_copy_kernel_cuda>>"},
    {copy, 1, "elementwise_kernel<gpu_kernel_impl<direct_copy_kernel_cuda"},
    {"", 5, ""},
    {"void ", 5, ""},
    {"f(a", 1, "f(a"},
    {"f(a(b)", 1, "f(a(b)"},
    {"f)>>x", 1, "f)>>x"},
    {"f<a", 1, "f<a"},
    {"f<<<,,>", 1, "f<<"},
    {"a->b<1>", 1, "a->b"},
};

Test(readable_name, forms) {
    struct error error = {.code = STATUS_OK};
    struct buf out;
    buf_init(&out, LIMIT_NAME_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert_eq(readable_name_shorten(&out, text_from(cases[i].name), cases[i].columns, &error), STATUS_OK);
        const struct text readable = {out.data, out.size};
        cr_expect(text_equal(readable, text_from(cases[i].readable)), "case %s: %.*s", cases[i].name, (int)out.size,
                  out.data);
    }
    buf_fini(&out);
}

/* Any text comes out no longer than it was, whatever its brackets. */
Test(readable_name, hostile) {
    static const char *const pieces[] = {
        "<", ">", "(", ")", "{",     "}",        ",",          "::",
        "a", "1", " ", "-", "void ", " const::", "operator()", "(anonymous namespace)::"};
    struct error error = {.code = STATUS_OK};
    struct buf out;
    uint32_t seed = 1;
    buf_init(&out, LIMIT_NAME_BYTES);
    for (unsigned round = 0; round < 2000; round++) {
        char name[1024] = "";
        for (unsigned i = 0; i < 40; i++) {
            seed = seed * 1664525 + 1013904223;
            strcat(name, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        cr_assert_eq(readable_name_shorten(&out, text_from(name), 1, &error), STATUS_OK);
        cr_expect(out.size <= strlen(name), "case %s", name);
    }
    buf_fini(&out);
}

/* Time grows with the length, not with its square: the suite's timeout would tell. */
Test(readable_name, unclosed_brackets) {
    enum { SIZE = 1 << 18 };
    static const char *const patterns[] = {"a(", "<", "a<", "{", "::{", "a<("};
    struct error error = {.code = STATUS_OK};
    struct buf out;
    char *name = malloc(SIZE);
    buf_init(&out, LIMIT_NAME_BYTES);
    for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
        for (size_t i = 0; i < SIZE; i++)
            name[i] = patterns[p][i % strlen(patterns[p])];
        cr_assert_eq(readable_name_shorten(&out, (struct text){name, SIZE}, 1, &error), STATUS_OK);
        cr_expect(out.size > 0 && out.size <= SIZE, "case %s", patterns[p]);
    }
    free(name);
    buf_fini(&out);
}
