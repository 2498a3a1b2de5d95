#!/bin/sh
# Shows where the time of a summary goes: by perf, or by callgrind where perf does not work.
# profile.sh PROGRAM DIRECTORY    DIRECTORY holds tracegen; the trace and the profile are left there
set -eu

program=$1 directory=$2

# trace SIZE: the name of one of that size
trace() {
    file=$directory/trace_$1.json
    [ -e "$file" ] || "$directory/tracegen" --bytes "$1" > "$file"
    echo "$file"
}

if command -v perf > /dev/null && perf record -q -o "$directory/perf.try" true 2> /dev/null; then
    rm -f "$directory/perf.try"
    file=$(trace 300M)
    perf record -q -g -o "$directory/perf.data" "$program" summary "$file" > /dev/null
    perf report --stdio --no-children -g none -i "$directory/perf.data" 2> /dev/null | grep -v '^$' | head -n 50
    echo "profile: callers: perf report -i $directory/perf.data"
elif command -v valgrind > /dev/null; then
    file=$(trace 5M)
    valgrind -q --tool=callgrind --callgrind-out-file="$directory/callgrind.out" "$program" summary --threads 1 "$file" \
        > /dev/null
    callgrind_annotate "$directory/callgrind.out" | head -n 60
else
    echo "profile: neither perf nor valgrind works here" >&2
    exit 1
fi
