#!/bin/bash
# A small Debian 12 for a container image. usage: debian-tree.sh SOURCES-LIST TREE PACKAGE,PACKAGE... [MMDEBSTRAP-OPTION...]
set -euo pipefail
sources=$1 tree=$2 packages=$3
shift 3

mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='APT::Install-Recommends "false"' \
  --aptopt='Acquire::Languages "none"' \
  --essential-hook='mkdir -p "$1/usr/share/man/man1"' \
  "$@" bookworm "$tree" "$sources"
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin "$tree"/var/cache/debconf/*-old
rm -rf "$tree"/var/log/*.log "$tree"/var/log/apt "$tree"/etc/apt/sources.list.d/* "$tree"/etc/apt/apt.conf.d/99mmdebstrap
