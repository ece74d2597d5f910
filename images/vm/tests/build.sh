#!/bin/bash
# Builds the virtual machine that runs the kernel tests: Debian 12 with its own kernel.
# usage: build.sh SOURCES-LIST DIR     (as root; DIR gets vmlinuz and guest.ext4)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 dir=$2
packages=$(grep -v '^#' "$here/packages.txt" | paste -sd,)
tree=$dir/tree

mmdebstrap --mode=root --variant=minbase --dpkgopt=force-unsafe-io --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='APT::Install-Recommends "false"' \
  --aptopt='Acquire::Languages "none"' \
  bookworm "$tree" "$sources"
install -m 0755 "$here/init" "$tree/sbin/tatami-vm-init"
mkdir -p "$tree/tatami" "$tree/var/lib/tatami/images/learner"
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin

# The kernel has drivers of NVMe and ext4 built in: it needs no initial RAM disk.
cp "$tree"/boot/vmlinuz-* "$dir/vmlinuz"
rm -rf "${tree:?}"/boot
"$here/../make-disk.sh" "$tree" "$dir/guest.ext4"
rm -rf "$tree"
