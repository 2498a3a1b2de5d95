#!/bin/sh
# Compares the program's figures with reference numbers of real traces, where these are at hand:
#   $TRACECMP_REFERENCE (default: ../shared) holds traces/NAME.json.gz and oracle/expected/NAME.json
set -u

cd "$(dirname "$0")/.." || exit 1
reference=${TRACECMP_REFERENCE:-../shared}

if ! command -v python3 > /dev/null; then
    echo "oracle: skipped: no python3"
elif [ ! -d "$reference/traces" ] || [ ! -d "$reference/oracle/expected" ]; then
    echo "oracle: skipped: no reference numbers"
else
    exec python3 tests/oracle_check.py "${TRACECMP:-build/tracecmp}" "$reference"
fi
