#!/bin/sh
# Runs a test and fails when a sanitizer found anything, also what the test itself does not notice (such as leaks):
#   guard.sh DIRECTORY COMMAND...        the reports are left in DIRECTORY
set -u

log=$1
shift
rm -rf "$log"
mkdir -p "$log"
log=$(cd "$log" && pwd)
export ASAN_OPTIONS="log_path=$log/report:detect_leaks=1"
export LSAN_OPTIONS="exitcode=0" # leaks are judged by their reports, below
export UBSAN_OPTIONS="log_path=$log/report:print_stacktrace=1"

"$@"
status=$?

# Criterion leaks now and then, with no frame of ours on the stack; that is not our concern.
ours='(src|tests/unit)/[a-z_]+/[a-z_0-9]+\.[ch]:'
for report in "$log"/*; do
    [ -e "$report" ] || continue
    if grep -q LeakSanitizer "$report" && ! grep -qE "$ours" "$report"; then
        continue
    fi
    head -n 40 "$report" >&2
    echo "$1: a sanitizer found something: $report" >&2
    status=1
done
exit $status
