#!/bin/bash
# The image nginx: a web server in a Debian with its usual tools, so that every command of the lesson works
# after entering all of its namespaces. usage: build.sh SOURCES-LIST TREE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 tree=$2

"$here/../debian-tree.sh" "$sources" "$tree" nginx-light,procps,iproute2,curl

# One worker, whatever the host has; its logs go to the container's.
sed -i 's/^worker_processes .*/worker_processes 1;/' "$tree/etc/nginx/nginx.conf"
ln -sf /dev/stdout "$tree/var/log/nginx/access.log"
ln -sf /dev/stderr "$tree/var/log/nginx/error.log"
