#!/bin/sh
# Builds the peer that uses simdjson, for this machine, where that is installed: build_peer.sh PROGRAM
set -eu

source=$(dirname "$0")/peer_simdjson.cc
if ! pkg-config --exists simdjson 2> /dev/null; then
    echo "bench: simdjson is not installed (Debian: libsimdjson-dev): left out" >&2
    rm -f "$1"
elif [ -z "$(find "$1" -newer "$source" 2> /dev/null)" ]; then
    # shellcheck disable=SC2046  # flags are words
    "${CXX:-c++}" -std=c++20 -O3 -march=native -DNDEBUG -o "$1" "$source" $(pkg-config --cflags --libs simdjson)
fi
