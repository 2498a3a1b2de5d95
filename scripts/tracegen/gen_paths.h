/* Where in a serving engine a decoder model launches its work: call paths in the form of gen_frames.h. */
#ifndef TRACEGEN_PATHS_H
#define TRACEGEN_PATHS_H

#define PATH_RUN                                                                                                       \
    "n step|p torch/utils/_contextlib.py(120): decorate_context|b <built-in function isinstance>|"                     \
    "p vllm/v1/worker/gpu_model_runner.py(3391): execute_model|"

#define PATH_PREPROCESS                                                                                                \
    PATH_RUN "n gpu_model_runner: preprocess|p vllm/v1/worker/gpu_model_runner.py(1522): _prepare_inputs|"
#define PATH_FORWARD PATH_RUN "n gpu_model_runner: forward|p vllm/v1/worker/gpu_model_runner.py(3108): _model_forward|"
#define PATH_POSTPROCESS PATH_RUN "n gpu_model_runner: postprocess|"
#define PATH_SAMPLE PATH_RUN "n gpu_model_runner: sample|p vllm/v1/worker/gpu_model_runner.py(2890): _sample|"
#define PATH_BOOKKEEP                                                                                                  \
    PATH_RUN "n gpu_model_runner: bookkeep|p vllm/v1/worker/gpu_model_runner.py(2950): _bookkeeping_sync|"

#define PATH_CALL "p torch/nn/modules/module.py(1779): _call_impl|b torch/nn/modules/module.py(1951): __getattr__|"
#define PATH_OPS_CALL "p torch/_ops.py(1244): __call__|"
#define PATH_TRITON "p triton/runtime/jit.py(720): run"

#define PATH_MODEL                                                                                                     \
    PATH_FORWARD "m LlamaForCausalLM_0|" PATH_CALL "p vllm/model_executor/models/llama.py(628): forward|"              \
                 "m LlamaModel_0|" PATH_CALL "p vllm/model_executor/models/llama.py(402): forward|"
#define PATH_EMBEDDING                                                                                                 \
    PATH_MODEL "m VocabParallelEmbedding_0|" PATH_CALL                                                                 \
               "p vllm/model_executor/layers/vocab_parallel_embedding.py(461): forward|"
#define PATH_LAYER                                                                                                     \
    PATH_MODEL "m LlamaDecoderLayer_%1+0|" PATH_CALL "p vllm/model_executor/models/llama.py(306): forward|"

#define PATH_NORM_CALL                                                                                                 \
    PATH_CALL "p vllm/model_executor/custom_op.py(46): forward|"                                                       \
              "p vllm/model_executor/layers/layernorm.py(194): forward_cuda|"
#define PATH_NORM_FUSED "p vllm/_custom_ops.py(334): fused_add_rms_norm|" PATH_OPS_CALL "o _C::fused_add_rms_norm@4096"
#define PATH_NORM_INPUT PATH_LAYER "m RMSNorm_%2+0|" PATH_NORM_CALL
#define PATH_NORM_POST PATH_LAYER "m RMSNorm_%2+1|" PATH_NORM_CALL
#define PATH_NORM_LAST PATH_MODEL "m RMSNorm_%2+0|" PATH_NORM_CALL

#define PATH_ATTENTION                                                                                                 \
    PATH_LAYER "m LlamaAttention_%1+0|" PATH_CALL "p vllm/model_executor/models/llama.py(214): forward|"
#define PATH_ROPE                                                                                                      \
    PATH_ATTENTION "m RotaryEmbedding_0|" PATH_CALL "p vllm/model_executor/custom_op.py(46): forward|"                 \
                   "p vllm/_custom_ops.py(314): rotary_embedding|" PATH_OPS_CALL "o _C::rotary_embedding@6144"
#define PATH_UNIFIED                                                                                                   \
    PATH_ATTENTION "m Attention_%1+0|" PATH_CALL "p vllm/attention/layer.py(290): forward|" PATH_OPS_CALL              \
                   "o vllm::unified_attention_with_output@4096|"                                                       \
                   "p vllm/attention/layer.py(852): unified_attention_with_output|"
#define PATH_CACHE(backend) PATH_UNIFIED backend "|" PATH_OPS_CALL "o _C_cache_ops::reshape_and_cache_flash@1024"

#define PATH_MLP PATH_LAYER "m LlamaMLP_%1+0|" PATH_CALL "p vllm/model_executor/models/llama.py(112): forward|"
#define PATH_ACTIVATION                                                                                                \
    PATH_MLP "m SiluAndMul_%1+0|" PATH_CALL                                                                            \
             "p vllm/model_executor/layers/activation.py(97): forward_cuda|" PATH_OPS_CALL "o _C::silu_and_mul@28672"

#define PATH_QKV PATH_ATTENTION "m QKVParallelLinear_%1+0|"
#define PATH_O_PROJ PATH_ATTENTION "m RowParallelLinear_%2+0|"
#define PATH_GATE_UP PATH_MLP "m MergedColumnParallelLinear_%1+0|"
#define PATH_DOWN PATH_MLP "m RowParallelLinear_%2+1|"
#define PATH_LINEAR PATH_CALL "p vllm/model_executor/layers/linear.py(557): forward|"
#define PATH_ROW_LINEAR PATH_CALL "p vllm/model_executor/layers/linear.py(1388): forward|"
#define PATH_APPLY "p vllm/model_executor/layers/linear.py(234): apply|"
#define PATH_LOGITS                                                                                                    \
    PATH_POSTPROCESS "p vllm/model_executor/models/llama.py(660): compute_logits|m LogitsProcessor_0|" PATH_CALL       \
                     "p vllm/model_executor/layers/logits_processor.py(54): forward|"
#define PATH_ALL_REDUCE                                                                                                \
    "p vllm/distributed/communication_op.py(12): tensor_model_parallel_all_reduce|" PATH_OPS_CALL                      \
    "o vllm::all_reduce@4096|p vllm/distributed/parallel_state.py(117): all_reduce|o c10d::allreduce_@4096|"           \
    "o record_param_comms@4096"

#define PATH_MOE_BLOCK PATH_LAYER "m LlamaMoE_%1+0|" PATH_CALL "p vllm/model_executor/models/llama_moe.py(88): forward|"
#define PATH_ROUTER PATH_MOE_BLOCK "m ReplicatedLinear_%1+0|"
#define PATH_EXPERTS                                                                                                   \
    PATH_MOE_BLOCK "m FusedMoE_%1+0|" PATH_CALL                                                                        \
                   "p vllm/model_executor/layers/fused_moe/layer.py(1696): forward_native|" PATH_OPS_CALL              \
                   "o vllm::moe_forward@4096|"                                                                         \
                   "p vllm/model_executor/layers/fused_moe/layer.py(1889): forward_impl|"

#define PATH_COPY_IN(number)                                                                                           \
    PATH_PREPROCESS "p vllm/v1/worker/block_table.py(19" #number "): commit|p vllm/v1/utils.py(130): copy_to_gpu|"     \
                    "s aten::slice@8|s aten::as_strided@8|o aten::copy_@8"
#define PATH_GRAPH                                                                                                     \
    PATH_FORWARD "p vllm/compilation/cuda_graph.py(208): __call__|b <built-in function getattr>|"                      \
                 "p torch/cuda/graphs.py(139): replay|"
#define PATH_GENERATED PATH_LAYER "p torch/_inductor/runtime/triton_heuristics.py(1412): run|"

#endif
