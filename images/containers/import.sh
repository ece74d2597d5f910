#!/bin/bash
# Imports WORK/NAME.tar as image NAME, with HERE/NAME/config, into STORE by the podman of ROOT. To be run in a
# mount and a pid namespace of its own. usage: import.sh ROOT STORE WORK HERE
set -euo pipefail
root=$1 store=$2 work=$3 here=$4

# Nothing is written to ROOT. podman wants to pivot, so it must not be run in a chroot.
mkdir "$work/overlay"
mount -t tmpfs import "$work/overlay"
mkdir "$work"/overlay/{upper,work,root}
mount -t overlay -o "lowerdir=$root,upperdir=$work/overlay/upper,workdir=$work/overlay/work" import "$work/overlay/root"
cd "$work/overlay/root"
mkdir -p mnt/{store,archives,images,old}
mount --bind "$store" mnt/store
mount --bind "$work" mnt/archives
mount --bind "$here" mnt/images
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
mount -t tmpfs tmp tmp
mount -t tmpfs run run
mount -t tmpfs tmp var/tmp
pivot_root . mnt/old
umount --lazy /mnt/old

export PATH=/usr/sbin:/usr/bin:/sbin:/bin
sed -i '/^additionalimagestores/d' /etc/containers/storage.conf
for config in /mnt/images/*/config; do
  name=$(basename "$(dirname "$config")")
  mapfile -t lines <"$config"
  changes=()
  for line in "${lines[@]}"; do changes+=(--change "$line"); done
  # As on any machine, nginx is Docker's own image and the others were built here.
  case $name in nginx) tag=docker.io/library/nginx:latest ;; *) tag=localhost/$name:latest ;; esac
  podman --root /mnt/store --runroot /run/store --storage-driver overlay import --quiet "${changes[@]}" "/mnt/archives/$name.tar" "$tag"
done
podman --root /mnt/store --runroot /run/store --storage-driver overlay images
