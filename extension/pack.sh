#!/bin/sh
# Packs the extension for the browsers' stores: dist/madoguchi-card-{chromium,firefox}.zip. The folder itself loads unpacked
# into Chromium as it is.
set -eu
cd "$(dirname "$0")"
out=${1:-../target/extension}
mkdir -p "$out"
out=$(cd "$out" && pwd)
for browser in chromium firefox; do
  work=$(mktemp -d)
  cp -R background.js content.js _locales "$work/"
  case $browser in
    chromium) cp manifest.json "$work/manifest.json" ;;
    firefox) cp manifest.firefox.json "$work/manifest.json" ;;
  esac
  rm -f "$out/madoguchi-card-$browser.zip"
  (cd "$work" && python3 -m zipfile -c "$out/madoguchi-card-$browser.zip" manifest.json background.js content.js _locales)
  rm -r "$work"
  echo "$out/madoguchi-card-$browser.zip"
done
