// What Node.js cannot do: a single-threaded helper, one mechanism a file.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Not in every distribution's headers (time_namespaces(7)).
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

// Prints "tatami-native: OPERATION TARGET: errno text" and exits with 125.
void die(const char *operation, const char *target) __attribute__((noreturn));
int write_file(const char *path, const char *text);

int command_prepare(int argc, char **argv);    // prepare.c
int command_join(int argc, char **argv);       // main.c
int command_enter(int argc, char **argv);      // enter.c
int command_probe(int argc, char **argv);      // probe.c
int command_read(int argc, char **argv);       // read.c
int command_connector(int argc, char **argv);  // connector.c
void install_seccomp_filter(void);             // seccomp.c
void prepare_relay(int master);                // relay.c
void relay(int master, int child);
