#!/bin/sh
# Counts the instructions that an event costs, which no other work on the machine can change, and compares them with
# those on record, loosely: compilers differ. instructions.sh [--update] PROGRAM TRACEGEN
set -eu

update=false
if [ "$1" = --update ]; then
    update=true
    shift
fi
program=$1 tracegen=$2
record=$(dirname "$0")/instructions.txt
percent=15

if ! command -v valgrind > /dev/null; then
    echo "instructions: skipped: valgrind is not installed" >&2
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# count OPTION... < TRACE
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$work/log" \
        "$program" summary --threads 1 --progress never "$@" - > /dev/null
    sed -n 's/.*Collected : //p' "$work/log"
}

# Two traces, so that what does not grow with the events falls out.
"$tracegen" --vendor nvidia --bytes 1M > "$work/small"
"$tracegen" --vendor nvidia --bytes 5M > "$work/large"
for size in small large; do
    "$program" summary -f json - < "$work/$size" | sed -n 's/.*"trace": .*"events": \([0-9]*\).*/\1/p' > "$work/$size.events"
done
events=$(($(cat "$work/large.events") - $(cat "$work/small.events")))

while read -r name options; do
    # shellcheck disable=SC2086  # the options are words
    echo "$name $((($(count $options < "$work/large") - $(count $options < "$work/small")) / events))"
done > "$work/now" << 'END_OF_CASES'
default
no_stacks --no-stacks
spilling --memory 64K
END_OF_CASES

if $update; then
    {
        echo "# Instructions per event of a generated trace (make instructions-update)"
        cat "$work/now"
    } > "$record"
    cat "$record"
    exit 0
fi

awk -v percent=$percent '
    /^#/ { next }
    FNR == NR { recorded[$1] = $2; next }
    {
        change = recorded[$1] ? 100 * ($2 / recorded[$1] - 1) : 0
        verdict = !($1 in recorded) ? "not on record" : change > percent ? "MORE" : change < -percent ? "LESS: record it" : "ok"
        printf "instructions: %-10s %6d per event, on record %6d (%+.1f %%): %s\n", $1, $2, recorded[$1], change, verdict
        failed = failed || verdict != "ok"
    }
    END { exit failed }
' "$record" "$work/now"
