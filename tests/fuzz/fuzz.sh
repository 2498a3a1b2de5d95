#!/bin/sh
# Fuzzes with clang's libFuzzer, or merges what it found into tests/fuzz/corpus:
#   fuzz.sh run|merge SECONDS DIRECTORY TARGET...       the programs are DIRECTORY/fuzz/fuzz_TARGET
# DIRECTORY/work/TARGET keeps all inputs so far, DIRECTORY/found those that break a property.
set -u

action=$1 seconds=$2 directory=$3
shift 3

mkdir -p "$directory/found"
echo 'int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return data && size ? 0 : 0; }' \
    > "$directory/probe.c"
if ! clang -fsanitize=fuzzer,address,undefined -o "$directory/probe" "$directory/probe.c" 2> "$directory/probe.log"; then
    echo "fuzz: skipped: clang with its fuzzer and sanitizers is needed (Debian: clang libclang-rt-dev)"
    exit 0
fi
"${MAKE:-make}" --no-print-directory FLAVOUR=fuzz CC=clang FUZZ_TARGET="$*" fuzz-programs || exit 1

# Filling and keeping freed memory, which is large here, would take most of the time.
export ASAN_OPTIONS="max_malloc_fill_size=0:quarantine_size_mb=16:${ASAN_OPTIONS-}"
failed=
for target in "$@"; do
    program=$directory/fuzz/fuzz_$target work=$directory/work/$target corpus=tests/fuzz/corpus/$target
    mkdir -p "$work" "$corpus"
    if [ "$action" = merge ]; then
        mv "$corpus" "$directory/merged_from"
        mkdir "$corpus"
        "$program" -set_cover_merge=1 -use_counters=0 -rss_limit_mb=2048 "$corpus" "$directory/merged_from" "$work" \
            2>> "$work.log" || failed="$failed $target"
        # What a person named is kept by its name: it tells what once went wrong.
        find "$directory/merged_from" -type f ! -regex '.*/[0-9a-f]*' -exec mv {} "$corpus" \;
        rm -r "$directory/merged_from"
        echo "fuzz: $target: $(find "$corpus" -type f | wc -l) inputs, $(du -bs "$corpus" | cut -f 1) bytes"
        continue
    fi
    echo "fuzz: $target for $seconds s"
    "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -dict=tests/fuzz/trace.dict -verbosity=1 \
        -print_final_stats=1 -artifact_prefix="$directory/found/$target-" "$work" "$corpus" > "$work.log" 2>&1 ||
        failed="$failed $target"
    grep -aE '^stat::number_of_executed_units|DONE' "$work.log"
done
[ -z "$failed" ] && exit 0
echo "fuzz: failed:$failed; see $directory/work/*.log and $directory/found" >&2
exit 1
