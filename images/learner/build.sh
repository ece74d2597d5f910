#!/bin/bash
# Builds the learner's root filesystem: Debian 12, whatever the host is.
# usage: build.sh SOURCES-LIST TARGET [APT-OPTION...]     (as root; TARGET must not exist)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 target=$2
shift 2

options=()
for option in "$@"; do options+=("--aptopt=$option"); done
packages=$(grep -v '^#' "$here/packages.txt" | paste -sd,)

# Manual pages stay in English only; other documentation and translations go.
mmdebstrap --mode=root --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-include=/usr/share/man/man[1-9]/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --dpkgopt='path-include=/usr/share/locale/locale.alias' \
  --aptopt='APT::Install-Recommends "false"' \
  --aptopt='Acquire::Languages "none"' \
  "${options[@]}" \
  bookworm "$target" "$sources"

"$here/customize.sh" "$target"
