#!/bin/sh
# The browser tests need Chromium, and Xvfb for a window that nobody sees: only a Chromium with a window asks for the
# microphone. Where there is a Chromium without a window of its own (chromium-headless-shell), most tests take half the
# time with it. Installs Debian's when we may, else says exactly what to do; never skips.
set -eu

has_chromium() {
    for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

# Its name, where Debian has one.
shell_package() {
    apt-cache pkgnames chromium-headless-shell 2>/dev/null | grep -x chromium-headless-shell || true
}

may_install=
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then may_install=yes; fi

if has_chromium && command -v Xvfb >/dev/null 2>&1; then
    if command -v chromium-headless-shell >/dev/null 2>&1 || [ -z "$may_install" ] || [ -z "$(shell_package)" ]; then
        exit 0
    fi
fi
if [ -n "$may_install" ]; then
    echo "Installing Chromium, Xvfb and espeak-ng for the browser tests…"
    apt-get update -qq
    # shellcheck disable=SC2046 # no word, where there is no such package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium $(shell_package) xvfb espeak-ng >/dev/null
    exit 0
fi

cat >&2 <<'TEXT'
The browser tests need Chromium and Xvfb, and one of them was not found.
  Debian, Ubuntu:  sudo apt-get install chromium xvfb espeak-ng
  macOS:           brew install --cask chromium xquartz && brew install espeak-ng
  elsewhere:       install them, and set CHROMIUM to the path of Chromium or Chrome
TEXT
exit 1
