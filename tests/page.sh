#!/bin/sh
# The HTML report in a headless Chromium: page.sh.  Skipped where there is no browser, driver or Python.
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
driver=$(command -v chromedriver)

if ! command -v python3 > /dev/null; then
    echo "page: skipped: no python3"
elif [ -z "$chromium" ] || [ -z "$driver" ]; then
    echo "page: skipped: no chromium or no chromedriver"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    python3 -B tests/page_check.py "$program" "$driver" "$chromium" "$work"
fi
