#!/usr/bin/env bash
# Two inputs at once: is each read while the other is silent, and does what is wrong with one never wait for the other?
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
export COLUMNS=100 LC_ALL=C NO_COLOR=1 TERM=dumb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
checks=0

fail() {
    failures=$((failures + 1))
    echo "pipes: $1"
}

# Open at both ends here, so that they never end.
mkfifo "$work/silent" "$work/noisy" "$work/half" "$work/unopened"
exec 7<> "$work/silent" 8<> "$work/noisy" 9<> "$work/half"
head -c 30000 samples/nvidia_before.json > "$work/part"
gzip -c samples/nvidia_before.json | head -c 20 > "$work/cut.gz"
printf '{"a": 1}' > "$work/no_events"
printf 'garbage' > "$work/garbage"
: > "$work/empty"

# refuses BAD BASE TEST: exit status 2 within seconds, and the message names BAD
refuses() {
    local bad=$1 status seconds=$SECONDS
    shift
    checks=$((checks + 1))
    timeout 30 "$program" compare "$@" > "$work/out" 2> "$work/err"
    status=$?
    [ $status -eq 2 ] || fail "$*: exit status $status"
    [ $((SECONDS - seconds)) -le 5 ] || fail "$*: it took $((SECONDS - seconds)) s"
    grep -qF "$bad: " "$work/err" || fail "$*: not named: $bad: $(cat "$work/err")"
    [ ! -s "$work/out" ] || fail "$*: a report was made"
}

for silent in "$work/silent" "$work/half" "$work/unopened"; do
    for bad in garbage no_events empty cut.gz missing; do
        [ "$silent" != "$work/half" ] || cat "$work/part" >&9
        refuses "$work/$bad" "$work/$bad" "$silent"
        refuses "$work/$bad" "$silent" "$work/$bad"
        while read -r -t 0.01 -u 9 -n 65536 _; do :; done # what was not read of it
    done
done

# A writer that has sent nonsense and stays.
for silent in "$work/silent" "$work/unopened" samples/nvidia_before.json; do
    printf 'garbage' >&8
    refuses "$work/noisy" "$work/noisy" "$silent"
    printf 'garbage' >&8
    refuses "$work/noisy" "$silent" "$work/noisy"
done
refuses 'byte 0' "$work/silent" <(cat "$work/garbage")
refuses 'standard input' "$work/silent" - < "$work/garbage"

# Both are bad: the first is named, whichever is faster.
cat README.md README.md README.md > "$work/long"
for first in garbage no_events long missing; do
    for second in garbage no_events long; do
        for _ in 1 2 3; do
            refuses "$work/$first" "$work/$first" "$work/$second"
        done
    done
done

same() {
    checks=$((checks + 1))
    cmp -s "$work/wanted" "$work/out" || fail "$1: another report than that of the files"
}
table() { timeout 30 "$program" compare --format csv --table kernels "$@" > "$work/out"; }
"$program" compare --format csv --table kernels samples/nvidia_before.json samples/nvidia_after.json > "$work/wanted"

# A pipe holds less than the second trace: whoever waits for the first alone waits for ever.
mkfifo "$work/base" "$work/test"
waits_for_the_other() {
    {
        head -c 100000 "$1"
        for _ in $(seq 500); do [ -e "$work/done" ] && break; sleep 0.02; done
        tail -c +100001 "$1"
    } > "$2"
}
writes_all() { cat "$1" > "$2" && touch "$work/done"; }
for slow in base test; do
    rm -f "$work/done"
    if [ $slow = base ]; then
        waits_for_the_other samples/nvidia_before.json "$work/base" & writes_all samples/nvidia_after.json "$work/test" &
    else
        writes_all samples/nvidia_before.json "$work/base" & waits_for_the_other samples/nvidia_after.json "$work/test" &
    fi
    seconds=$SECONDS
    table "$work/base" "$work/test"
    wait
    [ $((SECONDS - seconds)) -le 8 ] || fail "$slow: the other was not read meanwhile"
    same "slow $slow"
done

table <(cat samples/nvidia_before.json) <(gzip -c samples/nvidia_after.json) && same 'one compressed'
if command -v zstd > /dev/null 2>&1; then
    table <(zstd -qc samples/nvidia_before.json) - < <(gzip -c samples/nvidia_after.json) && same 'both compressed'
fi

echo "pipes: $((checks - failures)) passed, $failures failed"
[ $failures -eq 0 ] && [ $checks -gt 50 ]
