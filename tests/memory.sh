#!/bin/sh
# Is the peak of resident memory within --memory and 64 MiB, whatever comes? The input is made on the way, through a
# pipe: memory.sh TRACEGEN MEASURE, with the program in $TRACECMP
set -u

tracegen=$1 measure=$2
extra_mib=64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# limit NAME MEMORY [STATUS [COMMAND]] < TRACE: --memory MEMORY in MiB, exit status STATUS (0), of COMMAND (summary).
# A pipe's end runs in a process of its own: failures go to a file.
limit() {
    status=0
    "$measure" "$work/cost" "$TRACECMP" ${4-summary} --memory "$2M" --threads 2 --progress never - > /dev/null 2> "$work/err" || status=$?
    read -r _ cpu peak written < "$work/cost"
    verdict=passed
    if [ "$status" -ne "${3-0}" ] || [ "$peak" -gt $((($2 + extra_mib) * 1024)) ]; then
        verdict="FAILED (exit status $status)"
        cat "$work/err" >&2
        echo "$1" >> "$work/failures"
    fi
    echo "memory: $1, --memory $2M: peak $((peak / 1024)) MiB of $(($2 + extra_mib))," \
        "$((written / 1024)) MiB written, $cpu s: $verdict"
}

# item BEFORE TEXT AFTER: a trace of one item that repetitions of TEXT make SIZE MiB long
item() {
    printf '{"traceEvents":[{"ph":"X","cat":"kernel","pid":0,"tid":7,"ts":1.5,"dur":2,%s' "$1"
    yes "$2" | tr -d '\n' | head -c $((size * 1024 * 1024))
    printf '%s}]}' "$3"
}

# distinct COUNT WHAT: frames, calls and kernels, COUNT of each; WHAT (frame, kernel, row or device) is another one each
# time
distinct() {
    awk -v count="$1" -v what="$2" 'BEGIN {
        print "["
        for (i = 1; i <= count; i++) {
            frame = what == "frame" ? i : 0; kernel = what == "kernel" ? i : 0; row = what == "row" ? i : 0
            device = what == "device" ? i : 0
            call = "\"pid\":1,\"tid\":" row ",\"ts\":" 10 * i
            printf "{\"ph\":\"X\",\"cat\":\"python_function\",\"name\":\"frame_%d\",%s,\"dur\":9},", frame, call
            printf "{\"ph\":\"X\",\"cat\":\"cuda_runtime\",\"name\":\"cudaLaunchKernel\",%s,\"dur\":2,", call
            printf "\"args\":{\"correlation\":%d}},{\"ph\":\"X\",\"cat\":\"kernel\",\"name\":\"kernel_%d\",", i, kernel
            printf "\"pid\":%d,\"tid\":7,\"ts\":%d,\"dur\":3,\"args\":{\"device\":%d,\"correlation\":%d}}%s\n", \
                device, 10 * i + 5, device, i, i < count ? "," : "]"
        }
    }'
}

"$tracegen" --bytes 300M | limit "300 MB" 64
"$tracegen" --bytes 300M --seed 2 | limit "300 MB" 1
"$tracegen" --bytes 100M --reverse | limit "from the last to the first" 1
"$tracegen" --bytes 100M --rows 20000 | limit "20,000 threads that come again" 1
"$tracegen" --bytes 100M --distinct-frames 1000000 | limit "18,000 stacks" 1
distinct 1000000 frame | limit "1,000,000 Python frames" 1
distinct 1000000 frame | limit "1,000,000 Python frames, reports on the way" 1 0 'tail --interval 0.1'
distinct 100000 kernel | limit "100,000 kernel names" 1
distinct 1000000 row | limit "1,000,000 threads" 1
distinct 100000 device | limit "100,000 devices" 1
distinct 100000 device | limit "100,000 devices, reports on the way" 1 0 'tail --interval 0.1'
size=15
item '"name":"' a '"' | limit "a name of 15 MiB" 8
item '"na\u006de":"k","args":{"text":"' a '"}' | limit "an argument of 15 MiB" 8
item '"na\u006de":"k","args":{"list":[' 12345678901234567890123456789012345678901234567890123456789012, '0]}' |
    limit "a quarter of a million numbers in an item of unusual form" 8 3
size=100
item '"name":"' a '"' | limit "a name of 100 MiB" 8 3
item '"name":"k","args":{"list":[' '{"a":1},' '0]}' | limit "an item of 100 MiB with objects in it" 8 3
item '"name":"k","args":{"list":[' '[1,{"ph":' '0]}' | limit "a broken item of 100 MiB with what might be others in it" 8 3

# bomb COMPRESS BEFORE BYTE AFTER: compressed by that command, 1.2 GB of one byte between the two texts, in 12 members
bomb() {
    printf '%s' "$2" | $1
    head -c 100000000 /dev/zero | tr '\000' "$3" | $1 > "$work/member"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do cat "$work/member"; done
    printf '%s' "$4" | $1
}

if command -v zstd > /dev/null; then compressors='gzip zstd'; else compressors=gzip; fi
for by in $compressors; do
    bomb "$by -1c" '{"traceEvents":[' ' ' ']}' | limit "1.2 GB of blanks by $by" 1
    bomb "$by -1c" '{"traceEvents":[{"ph":"X","name":"' a '"}]}' | limit "a name of 1.2 GB by $by" 16 3
done

distinct 1000000 frame > "$work/frames.json"
limit "1,000,000 Python frames on both sides" 64 0 "compare $work/frames.json" < "$work/frames.json"
rm "$work/frames.json"

# cannot_spill WHY < TRACE: no room for temporary files is an error that says so; WHY: the command that brings it about
cannot_spill() {
    status=0
    sh -c "$1"' exec "$0" summary --memory 1M --progress never -' "$TRACECMP" > /dev/null 2> "$work/err" || status=$?
    if [ "$status" -eq 2 ] && grep -q 'temporary file' "$work/err" && [ "$(wc -l < "$work/err")" -eq 1 ]; then
        echo "memory: $1 passed"
    else
        echo "memory: $1 FAILED (exit status $status)"
        cat "$work/err" >&2
        echo "$1" >> "$work/failures"
    fi
}

"$tracegen" --bytes 100M | cannot_spill 'ulimit -f 64;'
"$tracegen" --bytes 100M | cannot_spill 'TMPDIR=/nonexistent; export TMPDIR;'

if [ -e "$work/failures" ]; then
    exit 1
fi
echo "memory: passed"
