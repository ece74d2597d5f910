#!/bin/bash
# Compiles the machine's own programs into it, with the builder's compiler. usage: build-native.sh ROOT
# Static, since the builder's C library may be newer than Debian 12's; the source of host names cannot be,
# and uses nothing of it that is new.
set -euo pipefail
cd "$(dirname "$0")/native"
root=$1
compile=(cc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror)

mkdir -p "$root/usr/local/libexec" "$root/usr/local/sbin"
"${compile[@]}" -static -o "$root/usr/local/libexec/internet" internet.c serve.c dns.c
"${compile[@]}" -static -o "$root/usr/local/bin/docker" docker.c
chmod 4755 "$root/usr/local/bin/docker"
"${compile[@]}" -static -o "$root/usr/local/sbin/store-backup" store-backup.c
"${compile[@]}" -static -o "$root/usr/local/libexec/fresh-proc" fresh-proc.c
"${compile[@]}" -shared -fPIC -o "$root/usr/lib/$(uname -m)-linux-gnu/libnss_outside.so.2" nss-outside.c
