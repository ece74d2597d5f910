// Addresses of the simulated internet. containers.conf, resolv.conf and docs/world.md know them too.
#pragma once

#define MACHINE "192.168.56.10"
#define ROUTER "192.168.56.1"
#define GOOGLE_DNS "8.8.8.8"
#define CLOUDFLARE_DNS "1.1.1.1"
#define DATABASE "172.20.0.10"
#define API "172.20.0.20"
#define INVENTORY "172.20.0.30"
#define REGISTRY "172.20.0.40"
#define COMPANY_DNS "172.21.0.53"

// Prints "internet: OPERATION TARGET: errno text" and exits.
void die(const char *operation, const char *target) __attribute__((noreturn));
// Answers on all addresses for ever.
void serve(void) __attribute__((noreturn));  // serve.c
// Turns a DNS query in `message` into its answer. Returns the answer's length, 0 for what is no query.
int answer_dns(unsigned char *message, int length, int size);  // dns.c
