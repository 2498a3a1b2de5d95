#include "gen_notes.h"

static void put_vllm(struct writer *w, const struct workload *work) {
    put_literal(w, "execute_context_");
    put_int(w, work->context_requests);
    put_literal(w, "(");
    put_int(w, work->context_tokens);
    put_literal(w, ")_generation_");
    put_int(w, work->generated);
    put_literal(w, "(");
    put_int(w, work->generated);
    put_literal(w, ")");
}

/* sq and sk: the sums of query and key lengths; sqsq and sqsk: of their products. */
static void put_lengths(struct writer *w, int64_t queries, int64_t keys, int64_t squares, int64_t products) {
    put_literal(w, "(sq");
    put_int(w, queries);
    put_literal(w, "sk");
    put_int(w, keys);
    put_literal(w, "sqsq");
    put_int(w, squares);
    put_literal(w, "sqsk");
    put_int(w, products);
    put_literal(w, ")");
}

static void put_vllm_detailed(struct writer *w, const struct workload *work) {
    int64_t tokens = work->context_tokens, each = work->context_requests ? tokens / work->context_requests : 0;
    put_literal(w, "execute_");
    put_int(w, tokens + work->generated);
    put_literal(w, "_context_");
    put_int(w, work->context_requests);
    put_lengths(w, tokens, tokens, each * tokens, each * tokens);
    put_literal(w, "_generation_");
    put_int(w, work->generated);
    put_lengths(w, work->generated, work->cached, work->generated, work->cached);
}

static void put_sglang(struct writer *w, const struct workload *work) {
    static const char *const words[PHASES] = {"step[EXTEND bs=", "step[MIXED bs=", "step[DECODE bs="};
    put_text(w, words[work->phase]);
    put_int(w, work->context_requests + work->generated);
    if (work->phase == PHASE_PREFILL) {
        put_literal(w, " toks=");
        put_int(w, work->context_tokens);
    }
    put_literal(w, "]");
}

/* It runs a mixed step as a prefill. */
static void put_atom(struct writer *w, const struct workload *work) {
    if (work->phase == PHASE_DECODE) {
        put_literal(w, "decode[bs=");
        put_int(w, work->generated);
        put_literal(w, "/32 tok=");
        put_int(w, work->generated);
        put_literal(w, " d=");
        put_int(w, work->generated);
        put_literal(w, "]");
        return;
    }
    put_literal(w, "prefill[bs=");
    put_int(w, work->context_requests + work->generated);
    put_literal(w, " tok=");
    put_int(w, work->context_tokens + work->generated);
    put_literal(w, " ctx=[");
    put_int(w, work->context_tokens);
    put_literal(w, "]]");
}

void note_put(struct writer *writer, const struct options *options, const struct unit *unit,
              const struct frame *frame) {
    if (strcmp(frame->name, "step") != 0) {
        put_bytes(writer, frame->name, frame->name_size);
        return;
    }
    switch (options->annotations) {
    case ANNOTATIONS_VLLM_DETAILED:
        put_vllm_detailed(writer, &unit->workload);
        break;
    case ANNOTATIONS_SGLANG:
        put_sglang(writer, &unit->workload);
        break;
    case ANNOTATIONS_ATOM:
        put_atom(writer, &unit->workload);
        break;
    case ANNOTATIONS_PROFILER:
        put_literal(writer, "ProfilerStep#");
        put_int(writer, (int64_t)unit->step);
        break;
    default:
        put_vllm(writer, &unit->workload);
    }
}
