#!/bin/bash
# Fills a cache of npm with all packages that a clone is installed with: what a host without a network asks.
# usage: make-npm-cache.sh CLONE FOLDER
set -euo pipefail
clone=$1 folder=$2
scratch=$folder/scratch
mkdir "$scratch"
for prefix in . packaging/node; do
  (cd "$clone/$prefix" && find . -name node_modules -prune -o \( -name package.json -o -name package-lock.json \) -print0) |
    tar --create --directory "$clone/$prefix" --null --files-from=- |
    (mkdir -p "$scratch/$prefix" && tar --extract --directory "$scratch/$prefix")
  npm ci --prefix "$scratch/$prefix" --cache "$folder/npm-cache" --ignore-scripts --no-audit --no-fund \
    --loglevel=error
done
rm -rf "$scratch"
