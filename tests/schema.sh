#!/bin/sh
# Are the keys of the JSON those that other programs rely on, in order, and filled by the rules? On all samples, and on
# real traces where these are at hand ($TRACECMP_REFERENCE/traces, default: ../shared/traces).
set -u

cd "$(dirname "$0")/.." || exit 1
if ! command -v python3 > /dev/null; then
    echo "schema: skipped: no python3"
    exit 0
fi
exec python3 tests/schema_check.py "${TRACECMP:-build/tracecmp}" "${TRACECMP_REFERENCE:-../shared}/traces"
