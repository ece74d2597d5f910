#!/bin/bash
# Makes the work disk of the virtual machine: the clone with its node_modules as they are now, and
# the host's Node.js with the host's own C library, which may be newer than Debian 12's.
# usage: make-work-disk.sh CLONE NODE SCRATCH IMAGE     (SCRATCH must not exist, and is removed)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
clone=$1 node=$2 scratch=$3 image=$4
trap 'rm -rf "$scratch"' EXIT
lib=/tatami/node/lib
loader=ld-linux-x86-64.so.2

mkdir -p "$scratch"/{clone,node/bin,node/lib}
tar -c -C "$clone" --exclude=./.git --exclude=./.cache --exclude=./.tsbuild . |
  tar -x --no-same-owner -C "$scratch/clone"
cp "$node" "$scratch/node/bin/node"
ldd "$node" | grep --only-matching '/[^ ]*' | xargs cp --dereference --target-directory="$scratch/node/lib"
patchelf --set-interpreter "$lib/$loader" --force-rpath --set-rpath "$lib" "$scratch/node/bin/node"
"$here/../make-disk.sh" "$scratch" "$image"
