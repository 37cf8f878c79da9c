#!/bin/sh
# Reads a run with the tools of others: warcio, pywb, openssl. Usage: scripts/interop.sh RUN
set -eu

run=${1:?usage: scripts/interop.sh RUN}
here="${XDG_CACHE_HOME:-$HOME/.cache}/portal-probe/interop"
[ -x "$here/bin/warcio" ] && [ -x "$here/bin/wayback" ] || {
    python3 -m venv "$here"
    "$here/bin/pip" install --quiet --disable-pip-version-check "setuptools<81" warcio==1.8.1 pywb==2.10.0
}

echo "warcio check"
"$here/bin/warcio" check "$run"/evidence/*.warc.gz
echo "warcio index"
"$here/bin/warcio" index "$run"/evidence/*.warc.gz | wc -l

echo "index sorted"
LC_ALL=C sort -c "$run/evidence/index.cdxj"

echo "pywb replay of one address"
work=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
(
    cd "$work"
    "$here/bin/wb-manager" init night >/dev/null
    "$here/bin/wb-manager" add night "$OLDPWD/$run"/evidence/*.warc.gz >/dev/null 2>&1 ||
        "$here/bin/wb-manager" add night "$run"/evidence/*.warc.gz >/dev/null
)
url=$(sed -n 's/.*"url":"\([^"]*\)".*"mime":"text\/html","status":"200".*/\1/p' "$run/evidence/index.cdxj" | head -1)
( cd "$work" && exec "$here/bin/wayback" --port 8599 >"$work/log" 2>&1 ) &
server=$!
tries=0
until curl -fsS -o "$work/page" "http://127.0.0.1:8599/night/mp_/$url" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 30 ] || { echo "pywb does not show $url" >&2; exit 1; }
    sleep 1
done
[ -s "$work/page" ] && echo "$url: $(wc -c <"$work/page") bytes"

if [ -f "$run/manifest.tsr" ]; then
    echo "openssl ts"
    openssl ts -verify -queryfile "$run/manifest.tsq" -in "$run/manifest.tsr" \
        -CAfile "${TSA_CERTIFICATES:?set TSA_CERTIFICATES to the PEM file of the authority}"
fi
echo "all read"
