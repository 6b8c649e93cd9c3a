#!/bin/sh
# The browser tests need Chromium. Installs Debian's when we may, else says exactly what to do; never skips.
set -eu

for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium and espeak-ng for the browser tests…"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium espeak-ng >/dev/null
    exit 0
fi

cat >&2 <<'TEXT'
The browser tests need Chromium, which was not found.
  Debian, Ubuntu:  sudo apt-get install chromium espeak-ng
  macOS:           brew install --cask chromium && brew install espeak-ng
  elsewhere:       set CHROMIUM to the path of a Chromium or Chrome
TEXT
exit 1
