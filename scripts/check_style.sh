#!/bin/sh
# Sizes and words: lines, headers and functions that are too long, words that have no place here.
set -u

cd "$(dirname "$0")/.." || exit 1
offenders=$(mktemp)
trap 'rm -f "$offenders"' EXIT

code=$(find src tests scripts -name '*.[ch]' | sort)
library=$(find src -name '*.[ch]' ! -path 'src/cli/*' | sort)
texts=$(find Makefile README.md .ci src scripts tests -type f ! -path 'tests/golden/*' ! -path 'tests/data/*' \
    ! -path 'tests/fuzz/corpus/*' | sort)

# shellcheck disable=SC2086  # the names of our files are words
{
    # Columns, not bytes: continuation bytes of UTF-8 do not count.
    LC_ALL=C awk '
        FNR == 1 { start = 0 }
        { line = $0; gsub(/[\200-\277]/, "", line) }
        length(line) > 120 { print FILENAME ":" FNR ": line of " length(line) " columns" }
        /^[A-Za-z_]/ { start = /\(/ && !/;$/ ? FNR : 0 }
        /^}/ {
            if (start && FNR - start + 1 > 60)
                print FILENAME ":" start ": function of " FNR - start + 1 " lines"
            start = 0
        }
    ' $code

    # The headers of flow are the data itself; a *_body.h is code that several files compile.
    for header in $(find src -name '*.h' ! -path 'src/flow/*' ! -name '*_body.h' | sort); do
        lines=$(wc -l < "$header")
        [ "$lines" -le 70 ] || echo "$header: header of $lines lines"
    done

    grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $texts /dev/null | grep -v '^scripts/check_style.sh:'
    grep -nE '(^|[^[:alnum:]_])(printf|puts|putchar|vprintf|perror|exit|_exit|abort)[[:space:]]*\(' $library /dev/null |
        sed 's/$/   (a library folder neither prints nor exits)/'
    grep -nE '(^|[^[:alnum:]_./])/(work|home|root)/' $texts /dev/null | grep -v '^scripts/check_style.sh:'
} > "$offenders"

cat "$offenders"
[ ! -s "$offenders" ] && echo "check_style: passed"
