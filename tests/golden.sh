#!/bin/sh
# Runs tests/golden/*/cmd and compares what the program prints: golden.sh [--update] [CASE...]
#   CASE/cmd      a shell command, run in the repository's root; $TRACECMP is the program, $TMPDIR a fresh directory
#   CASE/stdout   what it prints, CASE/stderr likewise; a missing file is an empty one
#   CASE/exit     its exit status
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

update=
if [ "${1-}" = --update ]; then
    update=yes
    shift
fi
[ $# -gt 0 ] || set -- tests/golden/*/

run_case() {
    rm -rf "$work"/*
    mkdir "$work/tmp" "$work/got"
    env -i PATH="$PATH" HOME="$work/tmp" TMPDIR="$work/tmp" TRACECMP="$program" COLUMNS=100 NO_COLOR=1 LC_ALL=C \
        TERM=dumb ASAN_OPTIONS="${ASAN_OPTIONS-}" UBSAN_OPTIONS="${UBSAN_OPTIONS-}" \
        sh "$1/cmd" < /dev/null > "$work/got/stdout" 2> "$work/got/stderr"
    echo $? > "$work/got/exit"
}

update_case() {
    for part in stdout stderr exit; do
        if [ -s "$work/got/$part" ]; then
            cp "$work/got/$part" "$1/$part"
        else
            rm -f "$1/$part"
        fi
    done
}

check_case() {
    same=yes
    for part in exit stderr stdout; do
        wanted=$1/$part
        [ -e "$wanted" ] || wanted=/dev/null
        diff -a -u "$wanted" "$work/got/$part" > "$work/difference" && continue
        same=no
        echo "golden: ${1##*/}: $part differs (- as it should be, + as it is):"
        head -n 60 "$work/difference"
    done
    [ $same = yes ]
}

for case in "$@"; do
    case=${case%/}
    [ -e "$case/cmd" ] || case=tests/golden/$case
    if [ ! -e "$case/cmd" ]; then
        echo "golden: no such case: ${case##*/}" >&2
        exit 1
    fi
    run_case "$case"
    if [ -n "$update" ]; then
        update_case "$case"
        passed=$((passed + 1))
    elif check_case "$case"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done

echo "golden: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
