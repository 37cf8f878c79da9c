#!/bin/sh
# Installs what a bare Debian 12 machine with only Rust lacks: a C compiler, OpenSSL's headers, a headless browser and
# Chinese fonts for its screenshots and for drawn flowcharts.
set -eu

command -v cargo >/dev/null 2>&1 || {
    echo "setup: cargo is not there; install Rust 1.95 or newer first" >&2
    exit 2
}

missing=""
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v pkg-config >/dev/null 2>&1 || missing="$missing pkg-config"
pkg-config --exists openssl 2>/dev/null || missing="$missing libssl-dev"
[ -x /usr/bin/chromium-headless-shell ] || missing="$missing chromium-headless-shell"
# One face without and one with serifs; charts are drawn alike on every machine only with the same two.
[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || missing="$missing fontconfig fonts-wqy-microhei"
[ -e /usr/share/fonts/truetype/arphic/uming.ttc ] || missing="$missing fontconfig fonts-arphic-uming"
[ -n "$missing" ] || exit 0

echo "setup: installing$missing" >&2
command -v apt-get >/dev/null 2>&1 || {
    echo "setup: this is not Debian; please install:$missing" >&2
    exit 2
}
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "setup: please run as root: apt-get install$missing" >&2
        exit 2
    }
    as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
