#!/usr/bin/env bash
# Is an index as good as its trace, whatever is asked, and is it left alone when it is not its trace's?
#   index.sh TRACEGEN      real traces are used where they are at hand ($TRACECMP_REFERENCE, default ../shared)
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
tracegen=$(realpath "$1")
reference=${TRACECMP_REFERENCE:-../shared}
export COLUMNS=100 LC_ALL=C NO_COLOR=1 TERM=dumb
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
mkdir "$work/idx" "$work/games"
failures=0
checks=0

# expect NAME COMMAND...
expect() {
    checks=$((checks + 1))
    "${@:2}" && return
    failures=$((failures + 1))
    echo "index: failed: $1"
}

# run OUT COMMAND...: what it prints, but for the source, and its exit status
run() {
    "${@:2}" > "$work/raw" 2> "$1.err"
    local status=$?
    sed 's/"source": "index"/"source": "json"/g' "$work/raw" > "$1"
    echo "exit $status" >> "$1"
}

from_index() { grep -q '"source": "index"' "$work/raw"; }
indexed() { [ -e "$1.trace.idx" ]; }
silent() { [ ! -s "$1" ]; }
one_line() { [ "$(wc -l < "$1")" -eq 1 ]; }

# same TRACES OPTIONS...: as the traces say
same() {
    run "$work/wanted" "$program" "${@:2}" --index off $1
    run "$work/got" "$program" "${@:2}" --index "$work/idx" $1
    expect "${*:2} $1" cmp -s "$work/wanted" "$work/got"
    expect "stderr of ${*:2} $1" cmp -s "$work/wanted.err" "$work/got.err"
}

traces=(samples/*.json)
for trace in "$reference"/traces/*.json.gz; do
    [ -e "$trace" ] && traces+=("$trace")
done
[ ${#traces[@]} -gt 9 ] || echo "index: real traces: skipped: none at hand"

expect "index writes all" "$program" index --index "$work/idx" "${traces[@]}"
expect "one index a trace" [ "$(ls "$work/idx" | wc -l)" -eq ${#traces[@]} ]
cat > "$work/options" << 'END'
--format json
--format json --no-stacks
--format json --phase decode
--format json --phase none
--format json --step forward
--format json --rules tests/data/rules/router.rules
--format json --memory 64K --threads 1
--all --stacks --layers
--format csv --table timeline
--format csv --table layers
--format html
END
for trace in "${traces[@]}"; do
    while read -r options; do
        # shellcheck disable=SC2086  # the options are words
        same "$trace" summary $options
    done < "$work/options"
    "$program" summary --format json --index "$work/idx" "$trace" > "$work/raw" 2> /dev/null
    expect "$trace is answered from its index" from_index
    same "$trace samples/nvidia_after.json" compare --format json
done
while read -r options; do
    # shellcheck disable=SC2086
    same "samples/nvidia_before.json samples/nvidia_after.json" compare $options
done << 'END'
--all
--per step
--per total --format json
--phase decode --format csv
--no-stacks --fail-on total>5%
--format html
END

# Whatever the options, the index answers; each side of a comparison for itself.
source_of() { grep -o '"source": "[a-z]*"' "$work/raw" | tr '\n' ' '; }
for options in "--step forward" "--step . --no-stacks" "--no-stacks" "--phase decode" "--rules tests/data/rules/router.rules"; do
    # shellcheck disable=SC2086
    "$program" summary --format json $options --index "$work/idx" samples/nvidia_serving.json > "$work/raw"
    expect "$options is answered from the index" from_index
done
mkdir "$work/one"
"$program" index --index "$work/one" samples/nvidia_before.json
for order in "before after" "after before"; do
    set -- $order
    "$program" compare --format json --index off "samples/nvidia_$1.json" "samples/nvidia_$2.json" > "$work/wanted"
    rm -f "$work/one/nvidia_after.json.trace.idx"
    "$program" compare --format json --index "$work/one" "samples/nvidia_$1.json" "samples/nvidia_$2.json" > "$work/raw"
    expect "an index on one side only: $order" [ "$(source_of | wc -w)" -eq 4 ]
    expect "one side from it: $order" [ "$(source_of | grep -o index | wc -l)" -eq 1 ]
    sed 's/"source": "index"/"source": "json"/g' "$work/raw" | cmp -s - "$work/wanted"
    expect "the same report: $order" [ $? -eq 0 ]
done

# Where events lie outside of the trace, or a device has another clock, each load decides by the trace itself.
mkdir "$work/clocks"
for trace in tests/data/outside_span.json tests/data/device_clocks.json; do
    for options in "" "--step Step#2" "--no-stacks"; do
        # shellcheck disable=SC2086
        run "$work/wanted" "$program" summary --format json --index off $options "$trace"
        for time in first second; do
            # shellcheck disable=SC2086
            run "$work/got" "$program" summary --format json --index "$work/clocks" $options "$trace"
            expect "the $time load of $trace $options" cmp -s "$work/wanted" "$work/got"
        done
    done
done
expect "no index of a device's own clock" [ "$("$program" index --index "$work/clocks" "$trace" > /dev/null 2>&1; echo $?)" -eq 2 ]
expect "no index is left" [ -z "$(ls "$work/clocks")" ]

# Many traces at once, bad ones among them: the good ones get theirs.
mkdir "$work/many"
for name in a b c d e; do
    cp samples/clipped.json "$work/many/$name.json"
done
cp samples/sglang_decode.json "$work/many/last.json"
head -c 200000 samples/clipped.json > "$work/many/cut.json"
echo hello > "$work/many/none.json"
"$program" index --progress always "$work"/many/{a,cut,b,c}.json 2> "$work/said"
expect "index with a damaged trace among them" [ $? -eq 3 ]
expect "progress counts them all" [ "$(grep -c ' of 4: ' "$work/said")" -eq 4 ]
"$program" index --threads 4 "$work"/many/{a,cut,missing,d,none,e,last}.json 2> "$work/said"
expect "index with some that are none" [ $? -eq 2 ]
expect "each bad one is said" [ "$(grep -c 'cut.json\|missing.json\|none.json' "$work/said")" -eq 3 ]
expect "the others have theirs" [ "$(ls "$work/many" | grep -c 'idx$')" -eq 6 ]

# A trace that is large enough gets an index by itself; a small one does not, and neither does a pipe.
trace=$work/games/trace.json
"$tracegen" --bytes 5M > "$trace"
cp samples/clipped.json "$work/games/small.json"
summary() { run "$work/got" "$program" summary --format json "$@"; }
summary "$work/games/small.json"
expect "a small trace has no index" [ ! -e "$work/games/small.json.trace.idx" ]
run "$work/wanted" "$program" summary --format json --index off "$trace"
expect "off writes none" [ ! -e "$trace.trace.idx" ]
"$program" summary - < "$trace" > /dev/null
summary "$trace"
expect "a large one has" indexed "$trace"
expect "nothing is said of it" silent "$work/got.err"
expect "not more than 6 %" [ $(($(wc -c < "$trace.trace.idx") * 100)) -le $(($(wc -c < "$trace") * 6)) ]
summary "$trace"
expect "and is answered from it" from_index
expect "with the same report" cmp -s "$work/wanted" "$work/got"
mv "$trace.trace.idx" "$work/raw.idx"
"$program" summary "$trace" > /dev/full 2> "$work/said"
expect "a report that cannot be written fails" [ $? -eq 2 ]
expect "the index is written all the same" cmp -s "$work/raw.idx" "$trace.trace.idx"
rm "$trace.trace.idx"
summary --phase decode "$trace"
expect "it is the same where one phase was asked for" cmp -s "$work/raw.idx" "$trace.trace.idx"
expect "index finds it up to date" grep -q 'up to date' <("$program" index --progress always "$trace" 2>&1)

# Another state of the trace is noticed, silently.
# changed NAME: the trace was changed; its report must be the one of the trace
changed() {
    run "$work/wanted" "$program" summary --format json --index off "$trace"
    summary "$trace"
    expect "$1: noticed" eval '! from_index'
    expect "$1: the trace's own report" cmp -s "$work/wanted" "$work/got"
    expect "$1: silent" cmp -s "$work/wanted.err" "$work/got.err"
}
cp -p "$trace" "$work/games/other.json"
touch "$trace" && changed "touched"
sed -i 's/"dur": 1/"dur": 2/' "$trace" && changed "rewritten"
cp -p "$work/games/other.json" "$trace" && changed "another file's content and time"
printf ' ' >> "$trace" && changed "grown"
printf '\n' | dd of="$trace" bs=1 seek=$(($(wc -c < "$trace") - 1)) conv=notrunc 2> /dev/null
touch -r "$work/games/other.json" "$trace" && changed "same size, time set back"
mv "$work/games/other.json" "$trace" && changed "replaced"
summary "$trace"
expect "and indexed anew" from_index
truncate -s -1000 "$trace" && changed "cut"
summary "$trace"
expect "a damaged trace has no index of its own" eval '! from_index'
"$program" index "$trace" 2> /dev/null
expect "index says that it is damaged" [ $? -eq 3 ]

# A damaged index is said in one line, and replaced.
"$tracegen" --bytes 3M > "$trace"
run "$work/wanted" "$program" summary --format json --index off "$trace"
damage() {
    summary "$trace"
    expect "damaged by $1: noticed" eval '! from_index'
    expect "damaged by $1: right" cmp -s "$work/wanted" "$work/got"
    expect "damaged by $1: said in one line" one_line "$work/got.err"
    summary "$trace"
    expect "damaged by $1: replaced" from_index
}
summary "$trace"
index=$trace.trace.idx
size=$(wc -c < "$index")
truncate -s 100 "$index" && damage "a cut in the header"
truncate -s $((size / 2)) "$index" && damage "a cut"
: > "$index" && damage "loss of everything"
echo x >> "$index" && damage "one byte more"
# number OFFSET: one of the header
number() { od -An -t u8 -j "$1" -N 8 "$index" | tr -d ' '; }
spoil() { printf '\377\001' | dd of="$index" bs=1 seek="$1" conv=notrunc 2> /dev/null; }
events=$(number 88) launches=$(number 120)
for at in 0 9 13 20 50 200 1000 $((events + 100)) $(((events + launches) / 2)) $((size - 1)); do
    spoil "$at"
    damage "bytes at $at"
done

# Launches are for --step only: nobody else looks at them, but `index` sees to it that all of it is sound.
run "$work/wanted_step" "$program" summary --format json --index off --step forward "$trace"
spoil $((launches + 100))
summary "$trace"
expect "damaged launches: not looked at" from_index
expect "damaged launches: the report" cmp -s "$work/wanted" "$work/got"
expect "damaged launches: silent" silent "$work/got.err"
summary --step forward "$trace"
expect "damaged launches: noticed by --step" eval '! from_index'
expect "damaged launches: right with --step" cmp -s "$work/wanted_step" "$work/got"
expect "damaged launches: said in one line" one_line "$work/got.err"
"$program" index "$trace" 2> "$work/said"
expect "damaged launches: said by index" one_line "$work/said"
summary --step forward "$trace"
expect "damaged launches: replaced by index" from_index
expect "replaced launches: right with --step" cmp -s "$work/wanted_step" "$work/got"

# Where none can be written there is none, and nothing is said but when asked.
rm "$index"
summary "$trace" --index "$work/nowhere"
expect "no such folder: the report" cmp -s "$work/wanted" "$work/got"
expect "no such folder: silent" silent "$work/got.err"
summary "$trace" --index "$work/nowhere" --progress always
expect "no such folder: said with --progress always" grep -q nowhere "$work/got.err"
"$program" index --index "$work/nowhere" "$trace" 2> /dev/null
expect "no such folder: index fails" [ $? -eq 2 ]
mkdir "$index"
summary "$trace"
expect "a folder in its place" cmp -s "$work/wanted" "$work/got"
rmdir "$index"
ln -s /dev/full "$index"
summary "$trace"
expect "a device in its place" cmp -s "$work/wanted" "$work/got"
rm -f "$index"

# Two at once, and writers that are killed: never half an index, and nothing left behind.
for _ in 1 2 3; do
    "$program" summary "$trace" > /dev/null & "$program" summary "$trace" > /dev/null
    wait
    summary "$trace"
    expect "two at once" from_index
    expect "two at once: right" cmp -s "$work/wanted" "$work/got"
    rm -f "$index"
done
# stopped NAME: the report is right after it, and none is wrong with an index
stopped() {
    summary "$trace"
    expect "$1" cmp -s "$work/wanted" "$work/got"
    expect "$1: silent" silent "$work/got.err"
    rm -f "$index"
}
for moment in 0.001 0.003 0.005 0.008 0.01 0.015 0.02 0.025 0.03 0.04 0.05 0.06 0.08 0.1; do
    "$program" summary "$trace" > /dev/null 2>&1 &
    sleep $moment
    { kill -9 $! && wait $!; } 2> /dev/null
    stopped "killed after $moment s"
done
for moment in 0.004 0.008 0.015 0.02 0.03 0.05; do
    timeout --signal INT $moment "$program" summary "$trace" > /dev/null 2>&1
    stopped "interrupted after $moment s"
done
expect "nothing is left behind" [ "$(ls "$work/games")" = "$(printf 'small.json\ntrace.json')" ]

echo "index: $checks checks, $failures failed"
[ $failures -eq 0 ]
