#include "gen_vendors.h"

#include "gen_paths.h"

#define PROPERTIES "r hipGetDevicePropertiesR0600:370"
#define LINEAR(weights)                                                                                                \
    PATH_OPS_CALL "o vllm::rocm_unquantized_gemm@" weights                                                             \
                  "|p vllm/model_executor/layers/utils.py(122): rocm_unquantized_gemm_impl|o aten::linear@" weights    \
                  "|s aten::t@" weights "|o aten::mm@" weights "|" PROPERTIES
#define SKINNY(weights)                                                                                                \
    PATH_OPS_CALL                                                                                                      \
    "o vllm::rocm_unquantized_gemm@" weights                                                                           \
    "|p vllm/model_executor/layers/utils.py(122): rocm_unquantized_gemm_impl|o _rocm_C::wvSplitK@" weights
#define BACKEND "p vllm/v1/attention/backends/rocm_attn.py(281): forward"
#define CIJK(tile, rest)                                                                                               \
    "Cijk_Alik_Bljk_BBS_BH_Bias_HA_S_SAV_UserArgs_MT" tile "_MI16x16x1_SN_LDSB1_AFC1_AFEM1_AFEM1_ASEM1_CLR1_CADS0_"    \
    "DTVA0_DTVB0_EPS0_FDSI0_GRPM1_GSUAMB_GLS0_ISA942_IU1_K1_LPA16_LPB16_LPM0_LRVW8_" rest "_WS64_WG64_4_1"
#define ELEMENTWISE(functor, arrays)                                                                                   \
    "void at::native::vectorized_elementwise_kernel<8, " functor ", std::array<char*, " arrays "ul> >(int, " functor   \
    ", std::array<char*, " arrays "ul>)"
#define AITER_NORM "_ZN5aiter24add_rmsnorm_quant_kernelI14__hip_bfloat16S1_Li256ELi16ELb1ELb0EEEvPT0_PT_PKS4_S6_S6_fii"
#define TILE_NORM                                                                                                      \
    "_ZN7ck_tile6kentryILi1ENS_12Rmsnorm2dFwdINS_27Rmsnorm2dFwdPipelineOnePassIDF16bfEENS_"                            \
    "17Default2DEpilogueIfEEEEJNS_"                                                                                    \
    "14Rmsnorm2dKargsEEEEvDpT1_"
#define TILE_FMHA                                                                                                      \
    "_ZN7ck_tile6kentryILi2ENS_13FmhaFwdKernelINS_28BlockFmhaPipelineQRKSVSAsyncIfEENS_17Default2DEpilogueIfEEEEJNS_"  \
    "12FmhaFwdKargsEEEEvDpT1_"
#define ROPE                                                                                                           \
    "void vllm::rotary_embedding_kernel<c10::BFloat16, true>(long const*, c10::BFloat16*, c10::BFloat16*, "            \
    "c10::BFloat16 const*, int, long, long, long, int, int)"
#define CACHE                                                                                                          \
    "void vllm::reshape_and_cache_flash_kernel<__hip_bfloat16, __hip_bfloat16, (vllm::Fp8KVCacheDataType)0>("          \
    "__hip_bfloat16 const*, __hip_bfloat16 const*, __hip_bfloat16*, __hip_bfloat16*, long const*, long, int, int, "    \
    "int)"
#define SILU "_ZN4vllm18act_and_mul_kernelI14__hip_bfloat16XadL_ZNS_11silu_kernelIS1_EET_RKS3_EELb1EEEvPS3_PKS3_i"
#define GATHER                                                                                                         \
    "void at::native::vectorized_gather_kernel<16, long>(char*, char*, long*, int, long, long, long, long, bool)"
#define ARGMAX                                                                                                         \
    "void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, "  \
    "long, 4, 4> >(at::native::ReduceOp<float, at::native::ArgMaxOps<float>, unsigned int, long, 4, 4>)"
#define PAGED "<__hip_bfloat16, __hip_bfloat16, (vllm::Fp8KVCacheDataType)0, __hip_bfloat16, 16, 128, 256, false, 8>"
#define TWO_STAGE                                                                                                      \
    "void vllm::cross_device_reduce_2stage<__hip_bfloat16, 2>(vllm::RankData*, vllm::RankSignals, vllm::Signal*, "     \
    "__hip_bfloat16*, int, int)"
#define RCCL "ncclDevKernel_Generic(ncclDevKernelArgsStorage<4096ul>)"

static const struct api launch = {"hipLaunchKernel", 107, false, 5900};
static const struct api module_launch = {"hipModuleLaunchKernel", 169, false, 9800};
static const struct api ext_launch = {"hipExtModuleLaunchKernel", 65, false, 8200};
static const struct api memcpy_call = {"hipMemcpyAsync", 134, false, 9400};
static const struct api memset_call = {"hipMemsetAsync", 138, false, 6600};
static const struct api graph_launch = {"hipGraphLaunch", 215, false, 420000};

/* clang-format off */
static const struct kernel kernels[] = {
    {SECTION_BEFORE, FAMILY_COPY, CATEGORY_MEMCPY, ALWAYS, "Memcpy HtoD (Host -> Device)", NULL,
     PATH_PREPROCESS
     "r hipEventSynchronize:60|p vllm/v1/worker/block_table.py(193): commit|p vllm/v1/utils.py(130): copy_to_gpu|s "
     "aten::slice@8|s aten::as_strided@8|o aten::copy_@8", &memcpy_call, {3500, 60, 0}, {32, 0, 0, 0}, ALONE},
    {SECTION_BEFORE, FAMILY_COPY, CATEGORY_MEMCPY, ALWAYS, "Memcpy HtoD (Host -> Device)", NULL, PATH_COPY_IN(6),
     &memcpy_call, {3300, 60, 0}, {8, 0, 0, 0}, ALONE},
    {SECTION_BEFORE, FAMILY_COPY, CATEGORY_MEMSET, ALWAYS, "Memset (Device)", NULL, PATH_PREPROCESS "o aten::zero_@1",
     &memset_call, {2400, 0, 0}, {4, 0, 0, 0}, ALONE},
    {SECTION_BEFORE, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, ALWAYS,
     ELEMENTWISE("at::native::CUDAFunctorOnSelf_add<int>", "2"), NULL, PATH_PREPROCESS "o aten::sub@1", &launch,
     {3400, 0, 0}, {0, 256, 0, 0}, ALONE},

    {SECTION_EMBED, FAMILY_EMBEDDING, CATEGORY_KERNEL, ALWAYS, GATHER, GATHER,
     PATH_EMBEDDING "o aten::embedding@128256x4096|s aten::reshape@1|o aten::index_select@128256x4096", &launch,
     {4300, 6100, 0}, {2, 256, 0, 0}, ALONE},

    {SECTION_LAYER, FAMILY_NORM, CATEGORY_KERNEL, IF_DENSE, AITER_NORM, AITER_NORM, PATH_NORM_INPUT PATH_NORM_FUSED,
     &launch, {4900, 9800, 0}, {1, 256, 0, 0}, BEFORE_GEMM},
    {SECTION_LAYER, FAMILY_NORM, CATEGORY_KERNEL, IF_MOE, TILE_NORM, TILE_NORM, PATH_NORM_INPUT PATH_NORM_FUSED,
     &launch, {5200, 9700, 0}, {1, 256, 0, 0}, BEFORE_GEMM},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, ALWAYS, CIJK("256x192x64", "MIWT8_6_PGR2"),
     "void wvSplitK_hf_sml_<__hip_bfloat16, 64, 4, 16, 8, 1, 4>(int, int, __hip_bfloat16 const*, __hip_bfloat16 "
     "const*, __hip_bfloat16*, int, int)", PATH_QKV PATH_LINEAR PATH_APPLY LINEAR("4096x6144"), &ext_launch,
     {15200, 91000, 0}, {256, 256, 0, 65536}, AFTER_NORM("triton_tem_fused_add_mm_mul_rms_norm_0")},
    {SECTION_LAYER, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, ALWAYS, "triton_poi_fused_split_view_1",
     "triton_poi_fused_split_view_1", PATH_ATTENTION PATH_TRITON, &module_launch, {3600, 2900, 0}, {4, 128, 0, 0},
     ALONE},
    {SECTION_LAYER, FAMILY_ROPE, CATEGORY_KERNEL, ALWAYS, ROPE, ROPE, PATH_ROPE, &launch, {4600, 6200, 0},
     {1, 256, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_CACHE, CATEGORY_KERNEL, ALWAYS, CACHE, CACHE, PATH_CACHE(BACKEND), &launch,
     {4200, 3000, 0}, {1, 512, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_ATTENTION, CATEGORY_KERNEL, IF_DENSE, TILE_FMHA,
     "void paged_attention_ll4mi_QKV_mfma16_kernel" PAGED
     "(__hip_bfloat16 const*, __hip_bfloat16 const*, float, int const*)",
     PATH_UNIFIED BACKEND "|o aiter::mha_varlen_fwd@4096", &launch, {9100, 60000, 1300}, {1, 256, 0, 32768}, ALONE},
    {SECTION_LAYER, FAMILY_ATTENTION, CATEGORY_KERNEL, IF_DENSE, NULL,
     "void paged_attention_ll4mi_reduce_kernel<__hip_bfloat16, __hip_bfloat16, 128, 128, 256, 4>(__hip_bfloat16*, "
     "float const*)", PATH_UNIFIED BACKEND "|o _rocm_C::paged_attention@4096", &launch, {4400, 9000, 0},
     {1, 128, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_ATTENTION, CATEGORY_KERNEL, IF_MOE, "kernel_unified_attention_2d",
     "kernel_unified_attention_3d",
     PATH_UNIFIED BACKEND "|p vllm/attention/ops/triton_unified_attention.py(790): unified_attention|" PATH_TRITON,
     &module_launch, {9900, 66000, 1400}, {2, 256, 0, 16384}, ALONE},
    {SECTION_LAYER, FAMILY_ATTENTION, CATEGORY_KERNEL, IF_MOE, NULL, "reduce_segments",
     PATH_UNIFIED BACKEND "|p vllm/attention/ops/triton_unified_attention.py(790): unified_attention|" PATH_TRITON,
     &module_launch, {5100, 9000, 0}, {2, 128, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, ALWAYS, CIJK("160x256x64", "MIWT5_8_PGR2"),
     "void wvSplitK_hf_<__hip_bfloat16, 64, 2, 16, 8, 2, 4>(int, int, __hip_bfloat16 const*, __hip_bfloat16 "
     "const*, __hip_bfloat16*, int, int)", PATH_O_PROJ PATH_ROW_LINEAR PATH_APPLY SKINNY("4096x4096"), &ext_launch,
     {10900, 62000, 0}, {256, 256, 0, 65536}, ALONE},
    {SECTION_LAYER, FAMILY_COLLECTIVE, CATEGORY_KERNEL, ALWAYS, RCCL, TWO_STAGE,
     PATH_O_PROJ PATH_ROW_LINEAR PATH_ALL_REDUCE, &ext_launch, {13200, 36000, 0}, {0, 512, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_NORM, CATEGORY_KERNEL, IF_DENSE, AITER_NORM, AITER_NORM, PATH_NORM_POST PATH_NORM_FUSED,
     &launch, {4900, 9800, 0}, {1, 256, 0, 0}, BEFORE_GEMM},
    {SECTION_LAYER, FAMILY_NORM, CATEGORY_KERNEL, IF_MOE, TILE_NORM, TILE_NORM, PATH_NORM_POST PATH_NORM_FUSED,
     &launch, {5200, 9700, 0}, {1, 256, 0, 0}, BEFORE_GEMM},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, IF_DENSE, CIJK("256x256x64", "MIWT8_8_PGR2"),
     CIJK("32x32x256", "MIWT1_1_PGR2"), PATH_GATE_UP PATH_LINEAR PATH_APPLY LINEAR("4096x28672"), &ext_launch,
     {67800, 410000, 0}, {256, 256, 0, 65536}, AFTER_NORM("triton_tem_fused_add_mm_mul_rms_norm_1")},
    {SECTION_LAYER, FAMILY_ACTIVATION, CATEGORY_KERNEL, IF_DENSE, SILU, SILU, PATH_ACTIVATION, &launch,
     {4700, 26000, 0}, {1, 1024, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, IF_DENSE, CIJK("256x224x64", "MIWT8_7_PGR2"),
     CIJK("16x16x512", "MIWT1_1_PGR2_SK3"), PATH_DOWN PATH_ROW_LINEAR PATH_APPLY LINEAR("14336x4096"), &ext_launch,
     {35100, 205000, 0}, {256, 256, 0, 65536}, ALONE},
    {SECTION_LAYER, FAMILY_GEMM, CATEGORY_KERNEL, IF_MOE, CIJK("32x64x128", "MIWT1_2_PGR2"),
     CIJK("16x16x256", "MIWT1_1_PGR2"), PATH_ROUTER PATH_LINEAR PATH_APPLY LINEAR("4096x64"), &ext_launch,
     {8300, 2000, 0}, {256, 256, 0, 65536}, AFTER_NORM("triton_tem_fused_add_mm_mul_rms_norm_1")},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_topk_forward", "_topk_forward",
     PATH_EXPERTS "p triton_kernels/topk.py(84): topk|" PATH_TRITON, &module_launch, {5000, 110, 0}, {1, 128, 0, 0},
     ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_sum_bitmatrix_rows", "_sum_bitmatrix_rows",
     PATH_EXPERTS "p triton_kernels/routing.py(212): routing|" PATH_TRITON, &module_launch, {5000, 80, 0},
     {1, 128, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_combined_routing_memset", "_combined_routing_memset",
     PATH_EXPERTS "p triton_kernels/routing.py(212): routing|" PATH_TRITON, &module_launch, {5000, 120, 0},
     {1, 128, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_combined_routing_compute", "_combined_routing_compute",
     PATH_EXPERTS "p triton_kernels/routing.py(212): routing|" PATH_TRITON, &module_launch, {5500, 120, 0},
     {1, 128, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_matmul_ogs_NNT_bf16xbf16xmxfp4_128x128x128x1_swiglu",
     "_matmul_ogs_NNT_bf16xbf16xmxfp4_16x128x256x1_swiglu",
     PATH_EXPERTS "p triton_kernels/matmul_ogs.py(561): matmul_ogs|" PATH_TRITON, &module_launch, {131000, 390000, 0},
     {2, 256, 0, 65536}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_matmul_ogs_NNT_bf16xbf16xmxfp4_128x128x128x1",
     "_matmul_ogs_NNT_bf16xbf16xmxfp4_16x128x256x1",
     PATH_EXPERTS "p triton_kernels/matmul_ogs.py(561): matmul_ogs|" PATH_TRITON, &module_launch, {148000, 180000, 0},
     {2, 256, 0, 65536}, ALONE},
    {SECTION_LAYER, FAMILY_MOE, CATEGORY_KERNEL, IF_MOE, "_finalize_matmul_scatter_bf16",
     "_finalize_matmul_scatter_bf16", PATH_EXPERTS "p triton_kernels/matmul_ogs.py(561): matmul_ogs|" PATH_TRITON,
     &module_launch, {5400, 11000, 0}, {1, 256, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_COLLECTIVE, CATEGORY_KERNEL, ALWAYS, RCCL, TWO_STAGE, PATH_LAYER PATH_ALL_REDUCE,
     &ext_launch, {13200, 36000, 0}, {0, 512, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, IF_ADDED,
     ELEMENTWISE("at::native::CUDAFunctor_add<c10::BFloat16>", "3"),
     ELEMENTWISE("at::native::CUDAFunctor_add<c10::BFloat16>", "3"), PATH_LAYER "o aten::add_@4096", &launch,
     {4500, 8000, 0}, {4, 256, 0, 0}, ALONE},
    {SECTION_LAYER, FAMILY_ELEMENTWISE, CATEGORY_KERNEL, IF_DISTINCT, "triton_poi_fused_add_mul_generated",
     "triton_poi_fused_add_mul_generated", PATH_GENERATED "o triton_poi_fused_add_mul_generated@4096", &module_launch,
     {3500, 100, 0}, {1, 128, 0, 0}, ALONE},

    {SECTION_FINAL, FAMILY_NORM, CATEGORY_KERNEL, IF_DENSE, AITER_NORM, AITER_NORM, PATH_NORM_LAST PATH_NORM_FUSED,
     &launch, {4900, 9800, 0}, {1, 256, 0, 0}, ALONE},
    {SECTION_FINAL, FAMILY_NORM, CATEGORY_KERNEL, IF_MOE, TILE_NORM, TILE_NORM, PATH_NORM_LAST PATH_NORM_FUSED,
     &launch, {5200, 9700, 0}, {1, 256, 0, 0}, ALONE},

    {SECTION_AFTER, FAMILY_EMBEDDING, CATEGORY_KERNEL, ALWAYS,
     "void at::native::index_elementwise_kernel<128, 4, at::native::gpu_index_kernel<at::native::OpaqueType<2> > "
     ">(long, at::native::OpaqueType<2>)", NULL, PATH_POSTPROCESS "o aten::index@4096", &launch, {4600, 0, 0},
     {0, 128, 0, 0}, ALONE},
    {SECTION_AFTER, FAMILY_GEMM, CATEGORY_KERNEL, ALWAYS, CIJK("448x32x64", "MIWT7_2_PGR2"), NULL,
     PATH_LOGITS LINEAR("4096x128256"), &ext_launch, {301000, 0, 0}, {0, 256, 0, 65536}, ALONE},
    {SECTION_AFTER, FAMILY_SAMPLING, CATEGORY_KERNEL, ALWAYS,
     "void at::native::(anonymous namespace)::cunn_SoftMaxForward<4, float, float, float, at::native::(anonymous "
     "namespace)::SoftMaxForwardEpilogue>(float*, float const*, int)", NULL,
     PATH_SAMPLE "p vllm/v1/sample/sampler.py(88): sample|o aten::softmax@128256|o aten::_softmax@128256", &launch,
     {13100, 0, 0}, {0, 1024, 0, 0}, ALONE},
    {SECTION_AFTER, FAMILY_SAMPLING, CATEGORY_KERNEL, ALWAYS, ARGMAX, NULL,
     PATH_SAMPLE "p vllm/v1/sample/sampler.py(123): greedy_sample|o aten::argmax@128256", &launch, {27900, 0, 0},
     {0, 512, 0, 0}, ALONE},
    {SECTION_AFTER, FAMILY_COPY, CATEGORY_MEMCPY, ALWAYS, "Memcpy DtoH (Device -> Host)", NULL,
     PATH_BOOKKEEP "o aten::to@1|o aten::_to_copy@1|s aten::empty_strided@1|o aten::copy_@1", &memcpy_call,
     {4100, 0, 0}, {256, 0, 0, 0}, ALONE},
};
/* clang-format on */

const struct model amd_model = {
    .kernels = kernels,
    .kernel_count = sizeof kernels / sizeof *kernels,
    .graph = {.section = SECTION_EMBED,
              .category = CATEGORY_NONE,
              .path = PATH_GRAPH "r hipStreamIsCapturing:290",
              .api = &graph_launch},
    .eager_gap_ns = 1900,
    .graph_gap_ns = 1300,
    .first_device = 2,
    .main_stream = 0,
    .comm_stream = 3,
    .memory_kind = "6",
};
