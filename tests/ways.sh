#!/usr/bin/env bash
# Is the report the same whatever the way in, the size of the pieces, the budget and the number of threads?
#   ways.sh TRACEGEN [small]      small: without the samples
set -u
tracegen=$(realpath "$1")

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
export COLUMNS=100 LC_ALL=C NO_COLOR=1 TERM=dumb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/fifo"
failures=0
checks=0

# The name of the trace is the only thing that may differ.
normalise() {
    sed -e 's/"name": "[^"]*", "bytes"/"name": "", "bytes"/' -e '1s/^Trace .* (/Trace (/' "$1"
}

# run NAME COMMAND...: its report in all $formats and its exit status go to $work/NAME
run() {
    local name=$1 format status
    shift
    for format in $formats; do
        "$@" --format $format > "$work/out" 2> /dev/null
        status=$?
        normalise "$work/out"
        echo "exit $status"
    done > "$work/$name"
}

same() {
    checks=$((checks + 1))
    cmp -s "$work/wanted" "$work/got" && return
    failures=$((failures + 1))
    echo "ways: $trace: another report by: $1"
    diff -a "$work/wanted" "$work/got" | cut -c 1-300 | head -n 6
}

check() {
    local name=$1
    shift
    run got "$@"
    same "$name"
}

summary() { "$program" summary "$@"; }
from_redirection() { summary - "$@" < "$trace"; }
from_pipe() { cat "$trace" | summary - "$@"; }
from_slow_pipe() { { head -c 1000 "$trace"; sleep 0.05; tail -c +1001 "$trace"; } | summary - "$@"; }
from_fifo() { cat "$trace" > "$work/fifo" & summary "$work/fifo" "$@"; local status=$?; wait; return $status; }
from_descriptor() { summary /dev/fd/7 "$@" 7< "$trace"; }
from_substitution() { summary <(cat "$trace") "$@"; }

# Small broken inputs: every way that a chunk can cut them.
formats=json
for trace in tests/data/*.json; do
    run wanted summary "$trace"
    for size in 1 2 3 7 64; do
        check "--chunk $size" summary "$trace" --chunk "$size"
    done
    check '--memory 1' summary "$trace" --memory 1
    check 'redirection' from_redirection
    check 'pipe' from_pipe
    # A FIFO whose reader gives up would leave its writer waiting.
    grep -q '^exit 2$' "$work/wanted" || check 'fifo' from_fifo
done

finish() {
    echo "ways: $((checks - failures)) passed, $failures failed"
    [ $failures -eq 0 ] && [ $checks -gt 0 ]
    exit
}

# A file that several threads read at once, whole, cut off, and with bytes that are no JSON where it may be cut.
"$tracegen" --bytes 12M > "$work/large"
head -c 7000001 "$work/large" > "$work/large_cut"
{ head -c 3000000 "$work/large"; printf '"},{]'; tail -c +3000006 "$work/large" | head -c 4000000
  printf '{},{"ph"'; tail -c +7000014 "$work/large"; } > "$work/large_broken"
# Objects in lists of arguments look like items; in the last megabytes every item has them.
{ head -c 5000000 "$work/large"; tail -c +5000001 "$work/large" |
    sed 's/"args": {$/"args": {"list": [{"ph": "X"}, {"a": 1}, {"b": 2}],/'; } > "$work/large_lists"
formats=json
for trace in "$work"/large*; do
    run wanted summary "$trace" --index off --threads 1 --chunk 1M
    for threads in 1 2 3 7; do
        check "--threads $threads" summary "$trace" --index off --threads $threads
    done
    check '--threads 2, redirection' from_redirection --threads 2
    check '--threads 2, pipe' from_pipe --threads 2
done
rm "$work"/large*
[ "${2-}" != small ] || finish

formats='json text'
for trace in samples/*.json; do
    run wanted summary "$trace"
    for size in 7 64 4096 1M; do
        check "--chunk $size" summary "$trace" --chunk "$size"
    done
    for threads in 1 2 7; do
        check "--threads $threads" summary "$trace" --threads $threads
    done
    check '--memory 1M' summary "$trace" --memory 1M
    check '--memory 1' summary "$trace" --memory 1
    for way in redirection pipe slow_pipe fifo descriptor substitution; do
        check "$way" from_$way
    done
    check 'pipe --chunk 13' from_pipe --chunk 13
done
trace=samples/no_stacks.json
run wanted summary "$trace"
for size in 1 2 3; do
    check "--chunk $size" summary "$trace" --chunk $size
done

# Compressed in several members or frames: all that differs is how many bytes were read, and how.
unpacked() {
    sed -e 's/"bytes": [0-9]*, //' -e 's/"compression": [a-z"]*, //' "$work/$1" > "$work/unpacked" && mv "$work/unpacked" "$work/$1"
}

check_packed() {
    local name=$1
    shift
    run got "$@"
    unpacked got
    same "$name"
}

# packed COMPRESS...: the sample by that command, in three parts, the second one empty; between them what FILLER prints
packed() {
    head -c 100000 "$sample" | "$@" && "$filler" && "$@" < /dev/null && "$filler" && tail -c +100001 "$sample" | "$@"
}
zeros() { head -c 1000 /dev/zero; }
skippable() { printf '\x5e\x2a\x4d\x18\x05\0\0\0hello'; }

with_bytes_behind() { "$@" < "$sample"; echo more; }
with_wrong_checksum() { "$@" < "$sample" | head -c -4; printf abcd; }

sample=samples/nvidia_before.json
for compress in gzip zstd; do
    command -v $compress > /dev/null || continue
    if [ $compress = gzip ]; then filler=zeros; else filler=skippable; fi
    formats=json
    trace=$sample
    run wanted summary "$trace" --index off
    unpacked wanted
    trace=$work/packed
    packed $compress -c > "$trace"
    check_packed "$compress" summary "$trace" --index off
    for way in redirection pipe slow_pipe fifo descriptor substitution; do
        check_packed "$compress, $way" from_$way
    done
    # What is wrong behind the document costs the exit status, not the report.
    formats=csv
    trace=$sample
    run wanted summary "$trace" --index off
    sed -i 's/^exit 0$/exit 3/' "$work/wanted"
    trace=$work/packed
    for damage in with_bytes_behind with_wrong_checksum; do
        $damage $compress -c > "$trace"
        check "$compress $damage" summary "$trace" --index off
        check "$compress $damage, pipe" from_pipe
    done
done

# Both traces of a comparison, one of them by another way.
trace=samples/nvidia_after.json
"$program" compare --format csv --table kernels samples/nvidia_before.json "$trace" > "$work/wanted"
"$program" compare --format csv --table kernels samples/nvidia_before.json - < "$trace" > "$work/got"
same 'compare, standard input'
"$program" compare --format csv --table kernels <(cat samples/nvidia_before.json) <(cat "$trace") > "$work/got"
same 'compare, process substitution'
"$program" compare --format csv --table kernels --chunk 13 samples/nvidia_before.json "$trace" > "$work/got"
same 'compare, --chunk 13'

finish
