#!/bin/sh
# Makes the sample traces and their README with the generator: make_samples.sh [DIRECTORY]   (default: samples/)
# The same sources always make the same bytes.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target=${1:-$root/samples}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -o "$work/tracegen" "$root"/scripts/tracegen/*.c
mkdir -p "$target"

cat > "$work/README.md" <<'END'
# Samples

Made-up traces of a small decoder model, written by `scripts/make_samples.sh` (which also writes this file).
`tracegen` is `scripts/tracegen/`; `tracegen --help` tells its options.

END

# sample NAME WHAT OPTION...
sample() {
    name=$1 what=$2
    shift 2
    "$work/tracegen" "$@" > "$work/$name.json"
    echo "- \`$name.json\`: $what. \`tracegen $* > $name.json\`" >> "$work/README.md"
}

sample nvidia_serving 'NVIDIA, vLLM: a prefill, a mixed and six decode steps (graph replay), with Python stacks' \
    --vendor nvidia --layers 3
sample amd_serving 'AMD: the same model and steps' --vendor amd --layers 3
sample nvidia_before 'the base of a comparison' --vendor nvidia --layers 3 --seed 11 --compact
sample nvidia_after 'its test: GEMMs 10 % slower, one more elementwise kernel per layer, and other jitter' \
    --vendor nvidia --layers 3 --seed 12 --slow gemm=10 --add-kernel 1 --compact
sample nvidia_fused 'nvidia_before with each norm and the GEMM after it in one kernel' \
    --vendor nvidia --layers 3 --seed 11 --fuse norm-gemm --compact
sample amd_moe_tp2 'AMD: mixture of experts on two ranks, collectives on a second stream' \
    --vendor amd --layers 3 --moe --tp 2 --annotations vllm-detailed --compact
sample clipped 'a window that opens in the middle of a step: GPU work without its launch' \
    --vendor nvidia --layers 3 --clip-start 6.5 --compact
sample sglang_decode 'SGLang annotations, decode only' \
    --vendor nvidia --layers 3 --annotations sglang --phases decode --steps 6
sample no_stacks 'neither stacks, shapes nor arrows; one object a line' \
    --vendor amd --layers 3 --no-stacks --no-shapes --no-flows --form lines

mv "$work"/*.json "$work/README.md" "$target"
