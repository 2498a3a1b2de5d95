#!/bin/sh
# Does the program find the layers that a trace has? The generator knows how many it made, and how often each ran; of
# real traces, where these are at hand ($TRACECMP_REFERENCE/traces, default: ../shared/traces), the models are known.
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
reference=${TRACECMP_REFERENCE:-../shared}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
checks=0

# expect WHAT METHOD LAYERS EXECUTIONS TRACE: so many layers, each run so often ("-": any number)
expect() {
    checks=$((checks + 1))
    "$program" summary --format json "$5" > "$work/report" 2> "$work/errors" || echo "failed: $(cat "$work/errors")"
    got=$(sed -n '/^ "layers": {/,/^ },/p' "$work/report" | awk -v wanted="$4" '
        /"method"/ { gsub(/[" ,]/, ""); split($0, parts, ":"); method = parts[2] }
        /"layer":/ {
            rows++
            match($0, /"count": [0-9]+/)
            if (wanted != "-" && substr($0, RSTART + 9, RLENGTH - 9) != wanted) others++
        }
        END { printf "%s %d, %d of them not run %s times", method, rows, others, wanted }')
    [ "$got" = "$2 $3, 0 of them not run $4 times" ] && return
    failures=$((failures + 1))
    echo "layers: $1: $got; wanted $2 $3"
}

${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -o "$work/tracegen" scripts/tracegen/*.c || exit 1

# generated METHOD LAYERS EXECUTIONS OPTIONS...
generated() {
    method=$1 layers=$2 executions=$3
    shift 3
    for seed in 1 2 3; do
        "$work/tracegen" --seed $seed --compact "$@" > "$work/trace"
        expect "seed $seed $*" "$method" "$layers" "$executions" "$work/trace"
    done
}

generated module 5 8 --layers 5
generated module 7 4 --layers 7 --steps 4 --vendor amd --moe --tp 2
generated module 6 8 --layers 6 --annotations none
generated module 6 16 --layers 6 --annotations none --devices 2 --rows 3
generated module 9 8 --layers 10 --drop-layer 4
generated module 5 8 --layers 5 --distinct-frames 50
generated period 2 8 --layers 2 --no-stacks
generated period 12 8 --layers 12 --no-stacks --noise 20
generated period 12 8 --layers 12 --no-stacks --moe --tp 4 --vendor amd
generated period 9 8 --layers 10 --no-stacks --drop-layer 4
generated period 8 8 --layers 8 --no-stacks --drop norm
generated period 8 8 --layers 8 --no-stacks --drop embedding --drop sampling
generated period 8 8 --layers 8 --no-stacks --fuse norm-gemm --add-kernel 3
generated period 8 8 --layers 8 --no-stacks --distinct-kernels 7
generated period 6 40 --layers 6 --no-stacks --annotations none --steps 40
generated period 4 400 --layers 4 --no-stacks --annotations none --phases decode --steps 400
generated none 0 - --layers 3 --no-stacks --drop attention --drop gemm

real=0
while read -r name method layers; do
    [ -f "$reference/traces/$name.json.gz" ] || continue
    real=$((real + 1))
    expect "$name" "$method" "$layers" - "$reference/traces/$name.json.gz"
done << 'END'
tl_h100_qwen15 module 24
tl_mi300_qwen15 module 24
tl_vllm_decode_full period 24
tl_vllm_piecewise period 24
tl_b200_eager module 36
tl_h100_bert module 4
tl_mi300_bert module 4
tl_mi300_resnet_ckpt none 0
tl_mi210_gpu_only none 0
END
[ $real -gt 0 ] || echo "layers: real traces skipped: not at hand"

echo "layers: $((checks - failures)) of $checks passed"
[ $failures = 0 ]
