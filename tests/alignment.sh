#!/bin/sh
# Does a comparison name what was done to a generated trace, and nothing else? Skipped where layers are not recognised.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
: "${TRACECMP:=$root/build/tracecmp}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v python3 > /dev/null 2>&1; then
    echo "alignment: skipped, there is no python3"
    exit 0
fi

${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -o "$work/tracegen" "$root"/scripts/tracegen/*.c
generate() {
    name=$1
    shift
    "$work/tracegen" --compact --layers 4 "$@" > "$work/$name"
}

for vendor in nvidia amd; do
    generate base --vendor $vendor --seed 1
    generate noisy --vendor $vendor --seed 2 --noise 5
    generate fused --vendor $vendor --seed 1 --fuse norm-gemm
    generate added --vendor $vendor --seed 1 --add-kernel 3
    generate dropped --vendor $vendor --seed 1 --drop-layer 2
    for change in base noisy fused added dropped; do
        "$TRACECMP" compare --format json "$work/base" "$work/$change" > "$work/$vendor.$change.json"
        "$TRACECMP" compare --format json "$work/$change" "$work/base" > "$work/$vendor.$change.swapped.json"
    done
done
# Real pairs, where they are at hand: $TRACECMP_REFERENCE/traces (default: ../shared/traces)
real() {
    if [ -f "$traces/$2.json.gz" ] && [ -f "$traces/$3.json.gz" ]; then
        "$TRACECMP" compare --index off --format json "$traces/$2.json.gz" "$traces/$3.json.gz" > "$work/real.$1.json"
    else
        echo "alignment: $1 skipped: not at hand"
    fi
}

traces=${TRACECMP_REFERENCE:-$root/../shared}/traces
real qwen tl_h100_qwen15 tl_mi300_qwen15
real bert tl_h100_bert tl_mi300_bert
real vllm tl_vllm_decode_full tl_vllm_piecewise
python3 "$root/tests/alignment.py" "$work"
