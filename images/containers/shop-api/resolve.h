#pragma once
#include <netinet/in.h>

// Finds the IPv4 address of a name in /etc/hosts, then with the first name server of /etc/resolv.conf: an
// image of one static program has no C library's resolver. Returns NULL, or what went wrong.
const char *resolve(const char *name, struct in_addr *address);
