#!/bin/bash
# Turns a bare Debian tree into the learner's machine. usage: customize.sh ROOT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$1

cp -r --no-preserve=mode,ownership "$here/files/." "$root/"
chmod 0440 "$root/etc/sudoers.d/learner"
chmod 0755 "$root/usr/local/bin/not-here" "$root"/usr/local/libexec/*
for name in apt apt-get crictl journalctl pip pip3 service systemctl; do ln -s not-here "$root/usr/local/bin/$name"; done
"$here/build-native.sh" "$root"
chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 learner

# A vi without its runtime files complains at each start in any but compatible mode.
ln -sf vim.tiny "$root/usr/bin/vim"

# bash-completion is loaded at the first Tab (files/etc/skel/.bashrc), never at login.
rm -f "$root/etc/profile.d/bash_completion.sh"

# Where the sandbox mounts things.
mkdir -p "$root"/{proc,sys,dev,run,tmp,.sys,var/lib/containers,usr/share/containers/images}
chmod 1777 "$root/tmp"

# Nothing of the host or of the build stays.
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/debconf/*-old
rm -rf "$root"/var/log/*.log "$root"/var/log/apt "$root"/run/* "$root"/tmp/*
rm -f "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/apt/sources.list.d/*
rm -f "$root"/etc/*- "$root"/etc/.pwd.lock
cp --no-preserve=mode,ownership "$here/files/etc/resolv.conf" "$root/etc/resolv.conf"
: >"$root/etc/machine-id"
cat >"$root/etc/apt/sources.list" <<S
deb http://deb.debian.org/debian bookworm main
deb http://deb.debian.org/debian bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
S
