#!/bin/sh
# Is the trace generator deterministic, is what it writes JSON in every form, and are the samples up to date?
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
    echo "generator: $1" >&2
    failures=$((failures + 1))
}

${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
    -o "$work/tracegen" "$root"/scripts/tracegen/*.c
tracegen=$work/tracegen

if command -v jq > /dev/null 2>&1; then
    is_json() { jq -e . > /dev/null; }
elif command -v python3 > /dev/null 2>&1; then
    is_json() { python3 -m json.tool > /dev/null; }
else
    echo "generator: neither jq nor python3: JSON is not checked" >&2
    is_json() { cat > /dev/null; }
fi

# What a form must become a document by: nothing, a closing bracket, or brackets and commas.
as_document() {
    case $1 in
    array-open) cat && echo ']' ;;
    lines) sed '$!s/$/,/; 1s/^/[/; $s/$/]/' ;;
    *) cat ;;
    esac
}

"$tracegen" --layers 2 --seed 5 > "$work/a"
"$tracegen" --layers 2 --seed 5 > "$work/b"
"$tracegen" --layers 2 --seed 6 > "$work/c"
cmp -s "$work/a" "$work/b" || fail "the same seed gave other bytes"
cmp -s "$work/a" "$work/c" && fail "another seed gave the same bytes"

for vendor in nvidia amd; do
    for form in object array array-open lines; do
        for layout in --pretty --compact; do
            "$tracegen" --vendor $vendor --layers 2 --steps 3 --form $form $layout > "$work/trace"
            as_document $form < "$work/trace" | is_json || fail "not JSON: $vendor $form $layout"
        done
    done
    while read -r options; do
        # shellcheck disable=SC2086  # the options are words
        "$tracegen" --vendor $vendor --layers 2 $options > "$work/trace" || fail "exit status: $vendor $options"
        is_json < "$work/trace" || fail "not JSON: $vendor $options"
        cmp -s "$work/trace" "$work/before" 2> /dev/null && fail "no effect: $vendor $options"
        mv "$work/trace" "$work/before"
    done << 'END'
--moe
--moe --tp 4
--devices 2 --rows 3
--annotations vllm-detailed
--annotations sglang
--annotations atom
--annotations profiler
--annotations none
--phases decode*3,prefill
--slow gemm=10 --slow attention=-20
--add-kernel 2
--warm-up 300
--drop rope --drop cache
--drop-layer 1
--fuse norm-gemm
--clip-start 1.5
--clip-end 4
--no-stacks
--no-shapes
--no-flows
--stack-depth 20
--distinct-frames 7
--distinct-kernels 7
--noise 0
--reverse
END
done

size=$("$tracegen" --bytes 3M --layers 2 | wc -c)
if [ "$size" -lt 3000000 ] || [ "$size" -gt 4000000 ]; then
    fail "--bytes 3M gave $size"
fi

while read -r options; do
    status=0
    # shellcheck disable=SC2086
    "$tracegen" $options > "$work/out" 2> "$work/err" || status=$?
    if [ "$status" -ne 2 ] || [ "$(wc -l < "$work/err")" -ne 1 ] || [ -s "$work/out" ]; then
        fail "not refused: $options"
    fi
done << 'END'
--unknown
--seed
--seed x
--layers 0
--vendor other
--bytes 12X
--slow gemm
--slow other=3
--phases prefill,other
--bytes 1M --clip-end 5
END

sh "$root/scripts/make_samples.sh" "$work/samples"
for file in "$work"/samples/*; do
    cmp -s "$file" "$root/samples/${file##*/}" || fail "samples/${file##*/} is out of date: run scripts/make_samples.sh"
done
for file in "$root"/samples/*.json; do
    [ -e "$work/samples/${file##*/}" ] || fail "samples/${file##*/} is not made by scripts/make_samples.sh"
    [ "$(wc -c < "$file")" -lt 1000000 ] || fail "samples/${file##*/} is not under 1 MB"
done

[ "$failures" -eq 0 ] || exit 1
echo "generator: passed"
