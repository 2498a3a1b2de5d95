#!/bin/sh
# The style and the scripts of a folder as C, for src/report/page_assets.h: embed.sh FOLDER
# Files of one kind are joined in the order of their names.
set -eu

LC_ALL=C
export LC_ALL

array() {
    printf '\nstatic const unsigned char %s_bytes[] = {\n' "$1"
    shift
    cat "$@" | od -An -v -tu1 -w24 | sed 's/ *\([0-9][0-9]*\)/\1,/g'
    printf '};\n'
}

asset() {
    printf 'const struct text page_%s = {(const char *)%s_bytes, sizeof %s_bytes};\n' "$1" "$1" "$1"
}

echo '#include "report/page_assets.h"'
array style "$1"/*.css
asset style
array script "$1"/*.js
asset script
