#!/bin/sh
# The crash matrix in full: each point several times (default 5), and an independent reader over all evidence.
#   sh scripts/crash-matrix.sh [TIMES]
# Needs python3 with venv; `warcio` comes from PyPI into a folder under target/.
set -eu
cd "$(dirname "$0")/.."
times=${1:-5}
venv=target/warcio-venv
[ -x "$venv/bin/warcio" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet warcio; }
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
TMPDIR=$kept CRASH_MATRIX_KEEP=1 CRASH_MATRIX_TIMES=$times cargo test --locked --test crash
files=$(find "$kept" -name '*.warc.gz' | wc -l)
find "$kept" -name '*.warc.gz' -print0 | xargs -0 -n 200 "$venv/bin/warcio" check
echo "$files evidence files accepted by warcio check"
