#!/bin/sh
# Does each folder of src include only what it may?
set -u

cd "$(dirname "$0")/.." || exit 1
offenders=$(mktemp)
trap 'rm -f "$offenders"' EXIT

# FILE:LINE:HEADER of every include in quotes or angle brackets
includes() {
    grep -nE '^[[:space:]]*#[[:space:]]*include' -r src |
        sed -E 's/^([^:]*):([0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]([^>"]*)[>"].*/\1:\2:\3/'
}

# A folder sees base, flow and itself; flow sees base and itself, base only itself; cli sees all.
includes | awk -F: '
    { split($1, path, "/"); split($3, header, "/"); folder = path[2]; from = header[1] }
    index($3, "/") && system("test -e src/" $3) == 0 && folder != "cli" && from != folder &&
        !(from == "base" && folder != "base") && !(from == "flow" && folder != "base") {
        print $1 ":" $2 ": " folder " must not include " $3
    }
    $3 == "uv.h" && folder != "read" { print $1 ":" $2 ": only src/read includes uv.h" }
    $3 == "jsmn.h" && folder != "tokenize" { print $1 ":" $2 ": only src/tokenize includes jsmn.h" }
' > "$offenders"

find src tests scripts -name '*.[ch]' | sed 's|.*/||' | sort | uniq -d |
    sed 's/$/: the name is used twice/' >> "$offenders"

cat "$offenders"
[ ! -s "$offenders" ] && echo "check_includes: passed"
