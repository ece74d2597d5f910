#!/bin/bash
# Builds the store of container images that all sandboxes share: every folder here is an image of that name.
# usage: build.sh SOURCES-LIST ROOT STORE     (as root; podman is that of ROOT, a learner's machine)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 root=$2 store=$3
work=$store.work
trap 'rm -rf "$work"' EXIT
mkdir -p "$store" "$work"

builds=()
for folder in "$here"/*/; do
  name=$(basename "$folder")
  "$folder/build.sh" "$sources" "$work/$name" >"$work/$name.log" 2>&1 &
  builds+=("$name:$!")
done
for build in "${builds[@]}"; do
  wait "${build#*:}" || { tail -n 20 "$work/${build%:*}.log" >&2; exit 1; }
done

for folder in "$here"/*/; do
  name=$(basename "$folder")
  # The layers are the images' own: what the folder's config says is what `docker inspect` shows.
  tar -C "$work/$name" --numeric-owner --one-file-system -cf "$work/$name.tar" .
  rm -rf "${work:?}/$name"
done
unshare --mount --propagation private --pid --fork --kill-child "$here/import.sh" "$root" "$store" "$work" "$here"
