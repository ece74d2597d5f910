#!/bin/bash
# Runs the user-data's own script in the root of a machine that is not switched on: what it builds, an emulated
# processor would take a quarter of an hour for. cloud-init runs it again on the first boot.
# usage: prepare.sh TREE SUPPLIES IMAGE     (IMAGE is a folder of /var/lib/tatami/images)
set -euo pipefail
if [ "${4:-}" != inside ]; then exec unshare --mount --propagation private "$0" "$1" "$2" "$3" inside; fi
tree=$1 supplies=$2 image=$3
shown=$tree/var/lib/tatami/images/$(basename "$image")

mount --bind "$tree" "$tree"
for dir in proc sys dev; do mount --rbind "/$dir" "$tree/$dir"; done
mount --bind "$supplies" "$tree/mnt/supplies"
mkdir "$shown"
mount --bind "$image" "$shown"
mount -o remount,bind,ro "$shown"
# Not chroot, in which the kernel allows no user namespaces.
cd "$tree"
mkdir .host
pivot_root . .host
umount --lazy /.host
rmdir /.host
# systemctl then changes files and no more.
export SYSTEMD_OFFLINE=1 HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
/usr/local/sbin/tatami-provision
umount "/var/lib/tatami/images/$(basename "$image")"
rmdir "/var/lib/tatami/images/$(basename "$image")"
