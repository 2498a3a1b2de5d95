#!/bin/sh
# Is the peak of resident memory within --memory and 64 MiB, whatever comes? The input is made on the way, through a
# pipe: memory.sh TRACEGEN MEASURE, with the program in $TRACECMP
set -u

tracegen=$1 measure=$2
extra_mib=64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# limit NAME MEMORY < TRACE: --memory MEMORY in MiB
limit() {
    status=0
    "$measure" "$work/cost" "$TRACECMP" summary --memory "$2M" --progress never - > /dev/null 2> "$work/err" || status=$?
    read -r _ _ peak written < "$work/cost"
    verdict=passed
    if [ "$status" -ne 0 ] || [ "$peak" -gt $((($2 + extra_mib) * 1024)) ]; then
        verdict="FAILED (exit status $status)"
        cat "$work/err" >&2
        failures=$((failures + 1))
    fi
    echo "memory: $1, --memory $2M: peak $((peak / 1024)) MiB of $(($2 + extra_mib)), $((written / 1024)) MiB written: $verdict"
}

# item BEFORE BYTES TEXT AFTER: a trace of one item that TEXT makes large
item() {
    printf '{"traceEvents":[{"ph":"X","cat":"kernel","pid":0,"tid":7,"ts":1.5,"dur":2,%s' "$1"
    yes "$3" | tr -d '\n' | head -c "$2"
    printf '%s}]}' "$4"
}

"$tracegen" --bytes 300M | limit "300 MB" 64
"$tracegen" --bytes 300M --seed 2 | limit "300 MB" 1
"$tracegen" --bytes 100M --reverse | limit "from the last to the first" 1
"$tracegen" --bytes 100M --distinct-frames 1000000 | limit "a name for each Python frame" 16
"$tracegen" --bytes 100M --distinct-kernels 100000 | limit "a name for each kernel" 16
"$tracegen" --bytes 100M --rows 20000 | limit "20,000 threads" 16
item '"name":"' 62914560 a '"' | limit "a name of 60 MiB" 1
item '"name":"k","args":{"text":"' 62914560 a '"}' | limit "an argument of 60 MiB" 1
item '"name":"k","args":{"list":[' 62914560 0000000000000000000000000000000000000000000000000000000000000000, '0]}' |
    limit "a million numbers in an argument" 1

[ "$failures" -eq 0 ] || exit 1
echo "memory: passed"
