#!/bin/sh
# Runs the unit tests: unit.sh BINARY.  Ends with Criterion's closing line, which alone tells that any test ran.
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

LC_ALL=C "$1" --color=never > "$work/out" 2>&1
status=$?
cat "$work/out"

tested=$(sed -n 's/.*Synthesis: Tested: \([0-9]*\) .*/\1/p' "$work/out")
if [ "${tested:-0}" -eq 0 ]; then
    echo "unit: no test ran" >&2
    exit 1
fi
exit $status
