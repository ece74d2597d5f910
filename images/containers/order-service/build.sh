#!/bin/bash
# The image order-service: a Java service in a Debian. usage: build.sh SOURCES-LIST TREE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 tree=$2

# The compiler is there for the build only. Hooks run where /proc is mounted, which java wants.
"$here/../debian-tree.sh" "$sources" "$tree" openjdk-17-jre-headless,procps,ecj \
  --customize-hook='mkdir "$1/app"' \
  --customize-hook="copy-in $here/OrderService.java /app" \
  --customize-hook='chroot "$1" ecj -11 -proc:none -d /app /app/OrderService.java' \
  --customize-hook='chroot "$1" apt-get purge --yes --autoremove ecj' \
  --customize-hook='rm "$1/app/OrderService.java"'
