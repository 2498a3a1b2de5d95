#!/bin/sh
# Do the README and the manual tell the truth?  documents.sh [--update]
# The options of --help are those of both documents, and the README's ```console blocks show what their commands ("$ …",
# run in the repository's root, build/tracecmp being the program under test) print. --update writes them anew.
set -u

cd "$(dirname "$0")/.." || exit 1
program=${TRACECMP:-$PWD/build/tracecmp}
export TRACECMP="$program" COLUMNS=100 LC_ALL=C NO_COLOR=1 TERM=dumb
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

awk '
    /^```/ { inside = !inside && $0 == "```console" }
    inside && /^\$ / {
        print
        command = substr($0, 3)
        gsub(/build\/tracecmp/, "\"$TRACECMP\"", command)
        fflush()
        system("exec 2>&1 < /dev/null; " command)
        commands++
        next
    }
    inside && !/^```/ { next }
    { print }
    END { if (!commands) exit 1 }
' README.md > "$work/README.md" || { echo "documents: the README shows no command"; failures=1; }

if [ "${1-}" = --update ] && [ $failures -eq 0 ]; then
    cp "$work/README.md" README.md
fi
diff -u README.md "$work/README.md" || {
    echo "documents: README.md: the program prints something else (make golden-update)"
    failures=$((failures + 1))
}

options() {
    grep -oE -e '--[a-z][a-z-]*' | sort -u
}
{ "$program" --help; "$program" summary --help; "$program" compare --help; "$program" tail --help;
  "$program" index --help; } | options > "$work/help"
sed 's/\\-/-/g' src/cli/tracecmp.1 | options > "$work/manual"
diff "$work/help" "$work/manual" > "$work/difference" || {
    echo "documents: options of --help (<) and of src/cli/tracecmp.1 (>) differ:"
    cat "$work/difference"
    failures=$((failures + 1))
}
options < README.md | comm -23 "$work/help" - > "$work/missing"
if [ -s "$work/missing" ]; then
    echo "documents: options that README.md does not mention:"
    cat "$work/missing"
    failures=$((failures + 1))
fi

[ "$failures" -eq 0 ] && echo "documents: passed"
