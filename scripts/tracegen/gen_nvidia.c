#include "gen_vendors.h"

#include "gen_paths.h"

#define LINEAR(weights) "o aten::linear@" weights "|s aten::t@" weights "|o aten::addmm@" weights
#define FLASH "p vllm/v1/attention/backends/flash_attn.py(612): forward"
#define ELEMENTWISE(functor, arrays)                                                                                   \
    "void at::native::vectorized_elementwise_kernel<4, " functor ", std::array<char*, " arrays "ul> >(int, " functor   \
    ", std::array<char*, " arrays "ul>)"
#define RMS_NORM                                                                                                       \
    "std::enable_if<(((8)>(0)))&&vllm::_typeConvert<c10::BFloat16>::exists, void>::type "                              \
    "vllm::fused_add_rms_norm_kernel<c10::BFloat16, 8>(c10::BFloat16*, long, c10::BFloat16*, c10::BFloat16 const*, "   \
    "float, int, int)"
#define ROPE                                                                                                           \
    "void vllm::rotary_embedding_kernel<c10::BFloat16, true>(long const*, c10::BFloat16*, c10::BFloat16*, "            \
    "c10::BFloat16 const*, int, long, long, long, int, int)"
#define CACHE                                                                                                          \
    "void vllm::reshape_and_cache_flash_kernel<__nv_bfloat16, __nv_bfloat16, (vllm::Fp8KVCacheDataType)0>("            \
    "__nv_bfloat16 const*, __nv_bfloat16 const*, __nv_bfloat16*, __nv_bfloat16*, long const*, long, int, int, int)"
#define SILU                                                                                                           \
    "void vllm::act_and_mul_kernel<c10::BFloat16, &(c10::BFloat16 vllm::silu_kernel<c10::BFloat16>("                   \
    "c10::BFloat16 const&)), true>(c10::BFloat16*, c10::BFloat16 const*, int)"
#define GATHER                                                                                                         \
    "void at::native::vectorized_gather_kernel<16, long>(char*, char*, long*, int, long, long, long, long, bool)"
#define ARGMAX                                                                                                         \
    "void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, "  \
    "long, 4, 4> >(at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, long, 4, 4>)"
#define ONE_STAGE                                                                                                      \
    "void vllm::cross_device_reduce_1stage<__nv_bfloat16, 2>(vllm::RankData*, vllm::RankSignals, vllm::Signal*, "      \
    "__nv_bfloat16*, int, int)"

static const struct api launch = {"cudaLaunchKernel", 211, false, 5200};
static const struct api launch_ex = {"cudaLaunchKernelExC", 430, false, 6100};
static const struct api driver_launch = {"cuLaunchKernel", 307, true, 5600};
static const struct api driver_launch_ex = {"cuLaunchKernelEx", 652, true, 5900};
static const struct api memcpy_call = {"cudaMemcpyAsync", 41, false, 7400};
static const struct api memset_call = {"cudaMemsetAsync", 51, false, 5100};
static const struct api graph_launch = {"cudaGraphLaunch", 311, false, 92000};

/* clang-format off */
static const struct kernel kernels[] = {
    {SECTION_BEFORE, FAMILY_COPY, CATEGORY_MEMCPY, ALWAYS, "Memcpy HtoD (Pinned -> Device)", NULL,
     PATH_PREPROCESS
     "r cudaEventSynchronize:137|p vllm/v1/worker/block_table.py(193): commit|p vllm/v1/utils.py(130): copy_to_gpu|"
     "s aten::slice@8|s aten::as_strided@8|o aten::copy_@8", &memcpy_call, {1500, 40, 0}, {32, 0, 0, 0}, ALONE},
    {SECTION_BEFORE, FAMILY_COPY, CATEGORY_MEMCPY, ALWAYS, "Memcpy HtoD (Pinned -> Device)", NULL, PATH_COPY_IN(6),
     &memcpy_call, {1400, 40, 0}, {8, 0, 0, 0}, ALONE},
    {SECTION_BEFORE, FAMILY_COPY, CATEGORY_MEMSET, ALWAYS, "Memset (Device)", NULL, PATH_PREPROCESS "o aten::zero_@1",
     &memset_call, {800, 0, 0}, {4, 0, 0, 0}, ALONE},
    {SECTION_BEFORE, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, ALWAYS,
     ELEMENTWISE("at::native::CUDAFunctorOnSelf_add<int>", "2"), NULL, PATH_PREPROCESS "o aten::sub@1", &launch,
     {1900, 0, 0}, {0, 128, 22, 0}, ALONE},

    {SECTION_EMBED, FAMILY_EMBEDDING, CATEGORY_KERNEL, ALWAYS, GATHER, GATHER,
     PATH_EMBEDDING "o aten::embedding@128256x4096|s aten::reshape@1|o aten::index_select@128256x4096", &launch,
     {3200, 5600, 0}, {2, 256, 32, 0}, ALONE},

    {SECTION_LAYER, FAMILY_NORM, CATEGORY_KERNEL, ALWAYS, RMS_NORM, RMS_NORM, PATH_NORM_INPUT PATH_NORM_FUSED,
     &launch, {2600, 9100, 0}, {1, 256, 32, 168}, BEFORE_GEMM},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, ALWAYS, "nvjet_tst_256x128_64x4_2x1_v_bz_coopA_TNT",
     "nvjet_tst_64x32_64x16_2x1_v_bz_splitK_TNT", PATH_QKV PATH_LINEAR PATH_APPLY LINEAR("4096x6144"),
     &driver_launch_ex, {17100, 82000, 0}, {1, 384, 168, 213656},
     AFTER_NORM("triton_tem_fused_add_mm_mul_rms_norm_0")},
    {SECTION_LAYER, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, ALWAYS, "triton_poi_fused_split_view_1",
     "triton_poi_fused_split_view_1", PATH_ATTENTION PATH_TRITON, &driver_launch, {2100, 2600, 0}, {4, 128, 16, 0},
     ALONE},
    {SECTION_LAYER, FAMILY_ROPE, CATEGORY_KERNEL, ALWAYS, ROPE, ROPE, PATH_ROPE, &launch, {2300, 5200, 0},
     {1, 256, 32, 0}, ALONE},
    {SECTION_LAYER, FAMILY_CACHE, CATEGORY_KERNEL, ALWAYS, CACHE, CACHE, PATH_CACHE(FLASH), &launch, {2200, 3100, 0},
     {1, 64, 42, 0}, ALONE},
    {SECTION_LAYER, FAMILY_ATTENTION, CATEGORY_KERNEL, ALWAYS,
     "void flash::flash_fwd_kernel<Flash_fwd_kernel_traits<128, 128, 64, 4, false, false, cutlass::bfloat16_t>, "
     "false, true, false, false, true, true, false>(flash::Flash_fwd_params)",
     "void flash::flash_fwd_splitkv_kernel<Flash_fwd_kernel_traits<128, 64, 128, 4, false, false, "
     "cutlass::bfloat16_t>, false, false, false, false, true, false, true, false>(flash::Flash_fwd_params)",
     PATH_UNIFIED FLASH "|o _vllm_fa3_C::fwd@4096", &launch, {6400, 54000, 1350}, {1, 128, 255, 98304}, ALONE},
    {SECTION_LAYER, FAMILY_ATTENTION, CATEGORY_KERNEL, ALWAYS, NULL,
     "void flash::flash_fwd_splitkv_combine_kernel<Flash_fwd_kernel_traits<128, 64, 128, 4, false, false, "
     "cutlass::bfloat16_t>, 4, 3, true>(flash::Flash_fwd_params)", PATH_UNIFIED FLASH "|o _vllm_fa3_C::fwd@4096",
     &launch, {2700, 12000, 0}, {1, 128, 40, 0}, ALONE},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, ALWAYS, "nvjet_tst_128x256_64x4_1x2_h_bz_coopB_TNT",
     "nvjet_tst_64x16_64x16_2x4_h_bz_splitK_TNT", PATH_O_PROJ PATH_ROW_LINEAR PATH_APPLY LINEAR("4096x4096"),
     &driver_launch_ex, {11600, 55000, 0}, {1, 384, 168, 217680}, ALONE},
    {SECTION_LAYER, FAMILY_COLLECTIVE, CATEGORY_KERNEL, ALWAYS,
     "ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)", ONE_STAGE,
     PATH_O_PROJ PATH_ROW_LINEAR PATH_ALL_REDUCE, &launch_ex, {9400, 31000, 0}, {0, 512, 96, 103808}, ALONE},
    {SECTION_LAYER, FAMILY_NORM, CATEGORY_KERNEL, ALWAYS, RMS_NORM, RMS_NORM, PATH_NORM_POST PATH_NORM_FUSED, &launch,
     {2600, 9100, 0}, {1, 256, 32, 168}, BEFORE_GEMM},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, IF_DENSE, "nvjet_tst_256x128_64x4_2x1_v_bz_TNT",
     "nvjet_tst_128x32_64x12_4x1_v_bz_TNT", PATH_GATE_UP PATH_LINEAR PATH_APPLY LINEAR("4096x28672"),
     &driver_launch_ex, {76500, 380000, 0}, {1, 384, 168, 221512},
     AFTER_NORM("triton_tem_fused_add_mm_mul_rms_norm_1")},
    {SECTION_LAYER, FAMILY_ACTIVATION, CATEGORY_KERNEL, IF_DENSE, SILU, SILU, PATH_ACTIVATION, &launch,
     {2800, 29000, 0}, {1, 1024, 28, 0}, ALONE},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, IF_DENSE, "nvjet_tst_256x128_64x4_1x2_h_bz_coopA_TNN",
     "nvjet_tst_64x32_64x16_4x1_v_bz_splitK_TNN", PATH_DOWN PATH_ROW_LINEAR PATH_APPLY LINEAR("14336x4096"),
     &driver_launch_ex, {39200, 191000, 0}, {1, 384, 168, 213656}, ALONE},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, IF_MOE, "nvjet_tst_64x64_64x13_1x1_h_bz_TNT",
     "nvjet_tst_64x8_64x16_1x1_h_bz_TNT", PATH_ROUTER PATH_LINEAR PATH_APPLY LINEAR("4096x64"), &driver_launch_ex,
     {5200, 1900, 0}, {1, 384, 168, 164504}, AFTER_NORM("triton_tem_fused_add_mm_mul_rms_norm_1")},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE,
     "void vllm::moe::topkGatingSoftmax<8, 64, 4, 16, 32, int>(float const*, bool const*, float*, int, int*, int*, "
     "int, int, int)",
     "void vllm::moe::topkGatingSoftmax<8, 64, 4, 16, 32, int>(float const*, bool const*, float*, int, int*, int*, "
     "int, int, int)", PATH_EXPERTS "o _moe_C::topk_softmax@64", &launch, {2900, 900, 0}, {1, 128, 40, 0}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE,
     "void vllm::moe::moe_align_block_size_kernel<int>(int const*, int*, int*, int*, int, int, int, int, unsigned "
     "long, int*)",
     "void vllm::moe::moe_align_block_size_kernel<int>(int const*, int*, int*, int*, int, int, int, int, unsigned "
     "long, int*)", PATH_EXPERTS "o _moe_C::moe_align_block_size@64", &launch, {4100, 400, 0}, {0, 1024, 32, 1568},
     ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "fused_moe_kernel", "fused_moe_kernel",
     PATH_EXPERTS "p vllm/model_executor/layers/fused_moe/fused_moe.py(512): invoke_fused_moe_kernel|" PATH_TRITON,
     &driver_launch_ex, {98000, 210000, 0}, {2, 256, 255, 131072}, ALONE},
    {SECTION_LAYER, FAMILY_ACTIVATION, CATEGORY_KERNEL, IF_MOE, SILU, SILU, PATH_EXPERTS "o _C::silu_and_mul@28672",
     &launch, {2800, 15000, 0}, {1, 1024, 28, 0}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "fused_moe_kernel", "fused_moe_kernel",
     PATH_EXPERTS "p vllm/model_executor/layers/fused_moe/fused_moe.py(512): invoke_fused_moe_kernel|" PATH_TRITON,
     &driver_launch_ex, {51000, 108000, 0}, {2, 256, 255, 131072}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE,
     "void vllm::moe::moe_sum_kernel<c10::BFloat16, 2>(c10::BFloat16*, c10::BFloat16 const*, int)",
     "void vllm::moe::moe_sum_kernel<c10::BFloat16, 2>(c10::BFloat16*, c10::BFloat16 const*, int)",
     PATH_EXPERTS "o _moe_C::moe_sum@4096", &launch, {2500, 6100, 0}, {1, 1024, 20, 0}, ALONE},
    {SECTION_LAYER, FAMILY_COLLECTIVE, CATEGORY_KERNEL, ALWAYS,
     "ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)", ONE_STAGE,
     PATH_LAYER PATH_ALL_REDUCE, &launch_ex, {9400, 31000, 0}, {0, 512, 96, 103808}, ALONE},
    {SECTION_LAYER, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, IF_ADDED,
     ELEMENTWISE("at::native::CUDAFunctor_add<c10::BFloat16>", "3"),
     ELEMENTWISE("at::native::CUDAFunctor_add<c10::BFloat16>", "3"), PATH_LAYER "o aten::add_@4096", &launch,
     {3000, 8000, 0}, {4, 128, 24, 0}, ALONE},
    {SECTION_LAYER, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, IF_DISTINCT, "triton_poi_fused_add_mul_generated",
     "triton_poi_fused_add_mul_generated", PATH_GENERATED "o triton_poi_fused_add_mul_generated@4096", &driver_launch,
     {2000, 100, 0}, {1, 128, 20, 0}, ALONE},

    {SECTION_FINAL, FAMILY_NORM, CATEGORY_KERNEL, ALWAYS, RMS_NORM, RMS_NORM, PATH_NORM_LAST PATH_NORM_FUSED, &launch,
     {2600, 9100, 0}, {1, 256, 32, 168}, ALONE},

    {SECTION_AFTER, FAMILY_EMBEDDING, CATEGORY_KERNEL, ALWAYS,
     "void at::native::index_elementwise_kernel<128, 4, at::native::gpu_index_kernel<at::native::OpaqueType<2> > "
     ">(long, at::native::OpaqueType<2>)", NULL, PATH_POSTPROCESS "o aten::index@4096", &launch, {3300, 0, 0},
     {0, 128, 42, 0}, ALONE},
    {SECTION_AFTER, FAMILY_GEMM, CATEGORY_KERNEL, ALWAYS, "nvjet_tst_192x8_64x8_4x1_v_bz_TNT", NULL,
     PATH_LOGITS LINEAR("4096x128256"), &driver_launch_ex, {352000, 0, 0}, {0, 384, 168, 221512}, ALONE},
    {SECTION_AFTER, FAMILY_SAMPLING, CATEGORY_KERNEL, ALWAYS,
     "void at::native::(anonymous namespace)::cunn_SoftMaxForward<4, float, float, float, at::native::(anonymous "
     "namespace)::SoftMaxForwardEpilogue>(float*, float const*, int)", NULL,
     PATH_SAMPLE "p vllm/v1/sample/sampler.py(88): sample|o aten::softmax@128256|o aten::_softmax@128256", &launch,
     {9800, 0, 0}, {0, 1024, 40, 0}, ALONE},
    {SECTION_AFTER, FAMILY_SAMPLING, CATEGORY_KERNEL, ALWAYS, ARGMAX, NULL,
     PATH_SAMPLE "p vllm/v1/sample/sampler.py(123): greedy_sample|o aten::argmax@128256", &launch, {21400, 0, 0},
     {0, 512, 32, 16}, ALONE},
    {SECTION_AFTER, FAMILY_COPY, CATEGORY_MEMCPY, ALWAYS, "Memcpy DtoH (Device -> Pinned)", NULL,
     PATH_BOOKKEEP "o aten::to@1|o aten::_to_copy@1|s aten::empty_strided@1|o aten::copy_@1", &memcpy_call,
     {1600, 0, 0}, {256, 0, 0, 0}, ALONE},
};
/* clang-format on */

const struct model nvidia_model = {
    .kernels = kernels,
    .kernel_count = sizeof kernels / sizeof *kernels,
    .graph = {.section = SECTION_EMBED,
              .category = CATEGORY_NONE,
              .path = PATH_GRAPH "r cudaStreamIsCapturing:317",
              .api = &graph_launch},
    .eager_gap_ns = 900,
    .graph_gap_ns = 600,
    .first_device = 0,
    .main_stream = 7,
    .comm_stream = 24,
    .memory_kind = "1",
};
