#!/bin/sh
# Sets our reader of words beside two others on the same pictures: RapidOCR, with the same models, and tesseract.
# Prints character error rate, time, processor time and memory of each; docs/charts.md says what is compared.
#
#   scripts/beside-ocr.sh LABELS [HALF] [THREADS]
set -eu

rapidocr="rapidocr==3.10.0"
runtime="onnxruntime==1.32.0"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/portal-probe/beside-ocr"
here=$(cd "$(dirname "$0")" && pwd)
program="${PORTAL_PROBE:-$here/../target/release/portal-probe}"

[ $# -ge 1 ] || {
    echo "usage: $0 LABELS [development|closed|all] [THREADS]" >&2
    exit 2
}
labels=$1
half=${2:-development}
threads=${3:-1}
pages=$(dirname "$labels")/pages

[ -x "$program" ] || {
    echo "beside-ocr: no program at $program; \`cargo build --release --locked\` first, or set PORTAL_PROBE" >&2
    exit 2
}
if ! command -v tesseract >/dev/null 2>&1 || ! tesseract --list-langs 2>/dev/null | grep -qx chi_sim; then
    echo "beside-ocr: tesseract is not there; on Debian: apt-get install tesseract-ocr tesseract-ocr-chi-sim" >&2
    exit 2
fi
if [ ! -e "$cache/ready" ]; then
    echo "beside-ocr: installing $rapidocr and $runtime into $cache" >&2
    python3 -m venv "$cache"
    "$cache/bin/pip" install --quiet --disable-pip-version-check "$rapidocr" "$runtime"
    touch "$cache/ready"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Ours goes first: its file says which pictures the others are given.
"$program" eval words "$labels" --half "$half" --threads "$threads" --read "$work/ours.json" >/dev/null
for other in rapidocr tesseract; do
    "$cache/bin/python" "$here/beside_ocr.py" "$other" "$work/ours.json" "$pages" "$threads" >"$work/$other.json"
done
"$program" eval words "$labels" --half "$half" \
    --words "$work/ours.json" --words "$work/rapidocr.json" --words "$work/tesseract.json"
