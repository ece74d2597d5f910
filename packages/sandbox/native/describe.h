// What /proc tells of a process in the terms of struct event (events.h); see connector.c.
#pragma once
#include "events.h"
#include <stdbool.h>
#include <sys/types.h>

// To be called before any other: notes which processes are the host's.
void describe_open(void);
// Fills in pids, parent, uid, tty and namespaces. @returns false when the process is gone, or is a
// process of the host that has not entered its sandbox yet.
bool describe_process(pid_t pid, struct event *e);
// Fills in what an exec event has beside that.
bool describe_program(pid_t pid, struct text_event *e);
// Its folder in the unified tree, or in that of the pids controller where there is none, as "/a/b".
bool describe_cgroup(pid_t pid, char *folder, size_t size);
