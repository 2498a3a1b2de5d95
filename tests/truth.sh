#!/bin/sh
# Does a comparison name what differs, by the right amount, and nothing else? Pairs of generated traces whose difference
# is known, of two seeds each: truth.sh [SEEDS]     (default 100), with the program in $TRACECMP
# False alarms: rows that are called slower, faster or one-sided without being what was changed. At most 5 % of the pairs
# that differ by noise alone may have one, which is harder than 5 % of the rows.
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
seeds=${1:-100}
few=$(((seeds + 19) / 20))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -o "$work/tracegen" scripts/tracegen/*.c || exit 1
failures=0

common="--layers 2 --noise 5 --steps 16 --phases prefill,decode*3 --no-stacks --no-shapes --no-flows --compact"

fail() {
    echo "truth: $*" >&2
    failures=$((failures + 1))
}

# pair SEED OPTION...: base, and test with the options; the operations' rows go to $work/rows, warnings to $work/warnings
pair() {
    seed=$1
    shift
    # shellcheck disable=SC2086  # the options are words
    "$work/tracegen" $common --seed "$seed" > "$work/base"
    # shellcheck disable=SC2086
    "$work/tracegen" $common --seed $((seed + 1000)) "$@" > "$work/test"
    "$program" compare --threads 1 --format csv ${per:+--per "$per"} "$work/base" "$work/test" > "$work/rows" ||
        fail "exit status: seed $seed $*"
}

# alarms ALLOWED: how many rows are not similar and not one of the operations in ALLOWED, separated by |
alarms() {
    awk -F, -v allowed="|$1|" 'NR > 1 && $2 != "similar" && !index(allowed, "|" $1 "|")' "$work/rows" | wc -l
}

# value OPERATION COLUMN: of the row, 0 when there is none
value() {
    awk -F, -v row="$1" -v name="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
        $1 == row { value = $column }
        END { print value == "" ? 0 : value }' "$work/rows"
}

# between LOW VALUE HIGH
between() {
    awk -v low="$1" -v value="$2" -v high="$3" 'BEGIN { exit !(low <= value && value <= high) }'
}

# expect WHAT VALUE LOW HIGH
expect() {
    between "$3" "$2" "$4" || fail "seed $seed: $1 is $2, not from $3 to $4"
}

# series NAME COUNT ALLOWED CHECK OPTION...: pairs of COUNT seeds; CHECK (a function) judges each
series() {
    name=$1 count=$2 allowed=$3 check=$4
    shift 4
    pairs=0 rows=0 all=0 seed=0
    while [ "$seed" -lt "$count" ]; do
        seed=$((seed + 1))
        pair "$seed" "$@"
        $check
        found=$(alarms "$allowed")
        [ "$found" -eq 0 ] || pairs=$((pairs + 1))
        rows=$((rows + found))
        all=$((all + $(wc -l < "$work/rows") - 1))
    done
    echo "truth: $name: false alarms in $pairs of $count pairs, $rows of $all rows"
    [ $((pairs * 20)) -le "$count" ] || fail "$name: false alarms in more than 5 % of the pairs"
}

nothing() { :; }

# part OPERATION COLUMN: the column's share of the operation's gap
part() {
    echo "$(value "$1" "$2") $(value "$1" gap_us)" | awk '{ print $1 / $2 }'
}

gemm_is_the_same() {
    expect "ratio of GEMM" "$(value "Dense GEMM" ratio)" 0.97 1.03
}

gemm_is_slower() {
    [ "$(value "Dense GEMM" status)" = slower ] || fail "seed $seed: GEMM is $(value "Dense GEMM" status)"
    expect "ratio of GEMM" "$(value "Dense GEMM" ratio)" 1.085 1.115
    expect "how much of the gap of GEMM is speed" "$(part "Dense GEMM" gap_speed_us)" 1 1
}

norm_is_faster() {
    [ "$(value RMSNorm status)" = faster ] || fail "seed $seed: norm is $(value RMSNorm status)"
    expect "ratio of the norm" "$(value RMSNorm ratio)" 0.78 0.82
}

three_launches_more() {
    more=$(($(value Elementwise test_count) - $(value Elementwise base_count)))
    [ "$more" -eq $((3 * 2 * 16)) ] || fail "seed $seed: $more more elementwise launches, not 96"
    [ "$(value Elementwise status)" = slower ] || fail "seed $seed: elementwise is $(value Elementwise status)"
    expect "how much of the gap of elementwise is launches" "$(part Elementwise gap_count_us)" 0.98 1.02
}

half_the_layers() {
    for operation in "Attention (Prefill)" Activation RoPE "KV Cache"; do
        expect "ratio of $operation" "$(value "$operation" ratio)" 0.47 0.53
        expect "how much of the gap of $operation is launches" "$(part "$operation" gap_count_us)" 0.9 1.1
    done
}

norm_is_fused() {
    [ "$(value RMSNorm status)" = base_only ] || [ "$(value RMSNorm status)" = faster ] ||
        fail "seed $seed: norm is $(value RMSNorm status)"
    [ "$(value "Dense GEMM" status)" != faster ] || fail "seed $seed: GEMM is faster by taking the norm in"
}

per=
series "noise of 5 %" "$seeds" "" nothing
series "GEMM 10 % slower" "$seeds" "Dense GEMM" gemm_is_slower --slow gemm=10
series "norm 20 % faster" "$few" "RMSNorm" norm_is_faster --slow norm=-20
series "3 more launches per layer" "$few" "Elementwise" three_launches_more --add-kernel 3
series "twice the steps" "$few" "" gemm_is_the_same --steps 32
series "another mix of phases" "$few" "" gemm_is_the_same --steps 24 --phases prefill,decode*5
per=step
series "noise of 5 %, per step" "$few" "" nothing
series "a slow first step" "$few" "" gemm_is_the_same --warm-up 300
series "a clipped window" "$few" "" gemm_is_the_same --clip-end 60
everything="Dense GEMM|RMSNorm|Attention (Prefill)|Attention (Decode)|Activation|RoPE|KV Cache|Triton Fused"
series "a layer less" "$few" "$everything" half_the_layers --drop-layer 1
series "norm fused into GEMM" "$few" "RMSNorm|Dense GEMM" norm_is_fused --fuse norm-gemm

[ "$failures" -eq 0 ] || exit 1
echo "truth: passed"
