#!/bin/sh
# Makes of a container what the runner needs of a host, then becomes the runner. All of it is this container's own:
# its mounts, its cgroups, its volume.
set -eu

# Docker covers parts of /proc and /sys and makes others read-only. Wherever a proc or sysfs can be seen only in part,
# the kernel refuses a whole one to a user namespace (mount_namespaces(7)), and each learner's machine has one.
# `systempaths=unconfined` would say the same, but docker-compose 1.29 does not know it.
uncover() {
  findmnt --list --noheadings --output TARGET | tac | while read -r target; do
    case $target in
      /sys/fs/cgroup*) ;;
      /proc/* | /sys/*) umount "$target" ;;
    esac
  done
  mount -o remount,rw /sys
}

# Docker mounts this container's own cgroups read-only; the machines' lie below them.
open_cgroups() {
  findmnt --list --noheadings --output TARGET --types cgroup,cgroup2 | while read -r target; do
    mount -o remount,bind,rw "$target"
  done
  [ "$(stat --file-system --format=%T /sys/fs/cgroup)" = cgroup2fs ] && return
  # Version 1: Docker leaves out the tree that kernel events are told by, on hosts that have it.
  own=$(sed -n 's/^0:://p' /proc/self/cgroup)
  [ -n "$own" ] || return 0
  unified=/sys/fs/cgroup/unified
  mount -o remount,bind,rw /sys/fs/cgroup
  mkdir -p "$unified"
  mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$unified"
  mount --bind "$unified$own" "$unified"
}

# Onto the volume: an overlay, which the container's own files lie on, cannot be mounted with mapped owners.
unpack_learner() {
  id=$(cat /opt/tatami-learner/id)
  images=/var/lib/tatami/images
  if [ ! -d "$images/$id" ]; then
    echo "Unpacking the learners' root filesystem ..." >&2
    # Those of earlier versions go: nobody else runs from this volume.
    rm -rf "$images"
    mkdir -p "$images/.unfinished"
    tar --extract --file=/opt/tatami-learner/root.tar.zst --directory="$images/.unfinished" \
      --zstd --numeric-owner --same-permissions --xattrs --xattrs-include='*'
    mv "$images/.unfinished" "$images/$id"
  fi
  export TATAMI_ROOTFS="$images/$id/root"
}

uncover
open_cgroups
unpack_learner
exec "$@"
