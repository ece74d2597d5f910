#!/bin/bash
# Makes of a clone what a release is: one file, which unpacks like a clone, the same for the same content.
# usage: make-release.sh CLONE FILE
set -euo pipefail
tar --create --directory "$1" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 \
  --exclude=./.git --exclude=./.cache --exclude=./.tsbuild --exclude=./dist --exclude=node_modules \
  --exclude='*.tsbuildinfo' --exclude=test-results --transform='s,^\.,tatami,' . | gzip --no-name >"$2"
