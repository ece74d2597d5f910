#!/bin/bash
# The image shop-api: one static program and nothing else. usage: build.sh SOURCES-LIST TREE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$2

mkdir -p "$tree"/{app,etc,proc,sys,dev,run,tmp}
cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -pthread -o "$tree/app/shop-api" "$here/shop-api.c" "$here/resolve.c"
