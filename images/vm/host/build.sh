#!/bin/bash
# Builds the virtual machine that becomes a Tatami host: Debian 13 with systemd, cloud-init and its own
# kernel, as a cloud image is, less what costs an emulated processor time and nothing here needs.
# usage: build.sh SOURCES-LIST NPMRC DIR     (as root; DIR gets vmlinuz and tree)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 npmrc=$2 dir=$3
packages=$(grep -v '^#' "$here/packages.txt" | paste -sd,)
tree=$dir/tree

mmdebstrap --mode=root --variant=minbase --dpkgopt=force-unsafe-io --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='APT::Install-Recommends "false"' \
  --aptopt='Acquire::Languages "none"' \
  trixie "$tree" "$sources"
# No network: no repositories to ask, and npm has what the supplies have.
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin "$tree"/etc/apt/sources.list*
install -m 0600 "$npmrc" "$tree/root/.npmrc"

cp -r "$here/files/." "$tree/"
chmod 0755 "$tree/usr/local/sbin/tatami-vm-agent"
: >"$tree/etc/machine-id"
rm -f "$tree/etc/hostname"
mkdir -p "$tree/var/lib/tatami/images" "$tree/mnt/supplies"
chroot "$tree" systemctl --quiet enable systemd-networkd.service tatami-vm-agent.service
chroot "$tree" systemctl --quiet mask \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
  e2scrub_reap.service systemd-networkd-wait-online.service systemd-pstore.service \
  getty@tty1.service serial-getty@ttyS0.service

grep --quiet '/nvme.ko' "$tree"/lib/modules/*/modules.builtin
grep --quiet '/ext4.ko' "$tree"/lib/modules/*/modules.builtin
cp "$tree"/boot/vmlinuz-* "$dir/vmlinuz"
rm -rf "${tree:?}"/boot "$tree"/initrd.img* "$tree"/vmlinuz*
