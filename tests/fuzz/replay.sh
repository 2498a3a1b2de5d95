#!/bin/sh
# Every target for every input of its corpus: replay.sh PREFIX, the programs being PREFIX followed by the target's name
set -u

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=
for corpus in tests/fuzz/corpus/*/; do
    target=$(basename "$corpus")
    printf 'replay: %s: ' "$target"
    if ! "$1$target" "$corpus"* 2> "$log"; then
        failed="$failed $target"
        echo FAILED
        tail -n 20 "$log" >&2
    fi
done
[ -z "$failed" ] || { echo "replay: failed:$failed" >&2; exit 1; }
