"""Checks the comparisons that alignment.sh made: alignment.py DIRECTORY"""
import json
import os
import sys

failures = 0


def expect(holds, case, what):
    global failures
    if not holds:
        failures += 1
        print(f"alignment: {case}: {what}", file=sys.stderr)


def pairs(diff):
    return [pair for layer in diff["layers"] for pair in layer["pairs"]]


def kinds(diff):
    return {pair["kind"] for pair in pairs(diff)}


def check_sums(diff, case):
    for layer in diff["layers"]:
        for key in ("base_us", "test_us", "gap_us"):
            total = sum(round(pair[key] * 1000) for pair in layer["pairs"])
            expect(total == round(layer[key] * 1000), case, f"pairs of layer {layer['layer']} sum to {total} ns, {key}")


def mirrored(pair):
    kind = {"fused": "split", "split": "fused", "base_only": "test_only", "test_only": "base_only"}
    return (pair["test_kernels"], pair["base_kernels"], pair["test_us"], pair["base_us"],
            kind.get(pair["kind"], pair["kind"]))


def check_swapped(diff, swapped, case):
    there = [(pair["base_kernels"], pair["test_kernels"], pair["base_us"], pair["test_us"], pair["kind"])
             for pair in pairs(diff)]
    expect(there == [mirrored(pair) for pair in pairs(swapped)], case, "swapped sides do not mirror")
    expect([(f["fused"], f["separate"], f["occurrences"], f["confidence"], f["gap_us"]) for f in diff["fusion"]] ==
           [(f["fused"], f["separate"], f["occurrences"], f["confidence"], -f["gap_us"]) for f in swapped["fusion"]],
           case, "fusions of swapped sides do not mirror")


def check_same(diff, case):
    expect(kinds(diff) == {"same"} and not diff["fusion"], case, "kernels are not the same")


def check_fused(diff, case):
    expect(kinds(diff) == {"same", "fused"}, case, f"kinds are {kinds(diff)}")
    for fusion in diff["fusion"]:
        expect(fusion["side"] == "test", case, "base fuses nothing")
        expect(fusion["confidence"] > 0.3, case, f"confidence is {fusion['confidence']}")
        expect(len(fusion["separate"]) == 2 and "norm" in fusion["separate"][0].lower(), case, fusion["separate"])
        expect(len(fusion["fused"]) == 1 and "mm_mul_rms_norm" in fusion["fused"][0], case, fusion["fused"])
    expect(sum(f["occurrences"] for f in diff["fusion"]) == 2 * 4 * 8, case, "not twice in 4 layers of 8 steps")


def check_added(diff, case):
    expect(kinds(diff) == {"same", "test_only"} and not diff["fusion"], case, f"kinds are {kinds(diff)}")
    for layer in diff["layers"]:
        added = [pair for pair in layer["pairs"] if pair["kind"] == "test_only"]
        expect(all("CUDAFunctor_add" in name for pair in added for name in pair["test_kernels"]), case, "other names")
        for phase in {pair["test_phase"] for pair in layer["pairs"]}:
            expect(len([pair for pair in added if pair["test_phase"] == phase]) == 3, case, f"not 3 in {phase}")


def check_dropped(diff, case):
    one_sided = [layer["layer"] for layer in diff["layers"] if layer["status"] == "base_only"]
    expect(one_sided == [2] or len(diff["layers"]) == 1, case, f"layers only in base: {one_sided}")
    both = [layer for layer in diff["layers"] if layer["status"] != "base_only"]
    expect({pair["kind"] for layer in both for pair in layer["pairs"]} == {"same"}, case, "other layers differ")


REAL_LAYERS = {"qwen": 24, "bert": 4, "vllm": 24}
WORK = {"Dense GEMM", "MoE GEMM", "MoE GEMM+SwiGLU", "Attention (Prefill)", "RMSNorm", "LayerNorm", "Activation", "RoPE",
        "KV Cache", "Reduce"}  # what both sides of these pairs do, by whatever kernels


def check_real(diff, case):
    """The same model by two makers, or in two ways: kernels that do the same work are partners, whatever their names."""
    expect(len(diff["layers"]) == REAL_LAYERS[case], case, f"{len(diff['layers'])} layers")
    whole = sum(pair["base_us"] + pair["test_us"] for pair in pairs(diff))
    alone = [pair for pair in pairs(diff) if pair["kind"] in ("base_only", "test_only")]
    unpaired = sum(pair["base_us"] + pair["test_us"] for pair in alone) / whole
    expect(unpaired <= 0.05, case, f"{unpaired:.1%} of the time of layers is unpaired")
    expect(not [pair for pair in alone if pair["operation"] in WORK], case, "work that both sides do is unpaired")
    for pair in pairs(diff):
        sides = [any(mark in name for name in pair[side] for mark in ("Cijk_", "attn_fwd"))
                 for side in ("base_kernels", "test_kernels")]
        if sides == [False, True]:
            expect(pair["kind"] == "replaced" and len(pair["base_kernels"]) == 1, case, f"{pair['kind']}: {pair['test_kernels']}")
    check_sums(diff, case)


def main(directory):
    checks = {"base": check_same, "noisy": check_same, "fused": check_fused, "added": check_added,
              "dropped": check_dropped}
    skipped = 0
    for vendor in ("nvidia", "amd"):
        for change, check in checks.items():
            with open(f"{directory}/{vendor}.{change}.json", encoding="utf-8") as file:
                diff = json.load(file)
            with open(f"{directory}/{vendor}.{change}.swapped.json", encoding="utf-8") as file:
                swapped = json.load(file)
            if not diff["layers"]:
                skipped += 1
                continue
            case = f"{vendor} {change}"
            check_sums(diff, case)
            check_swapped(diff, swapped, case)
            check(diff, case)
    for case in REAL_LAYERS:
        if os.path.exists(f"{directory}/real.{case}.json"):
            with open(f"{directory}/real.{case}.json", encoding="utf-8") as file:
                check_real(json.load(file), case)
    if skipped:
        print(f"alignment: {skipped} cases skipped, no layers were recognised")
    if failures:
        return 1
    print("alignment: passed")
    return 0


sys.exit(main(sys.argv[1]))
