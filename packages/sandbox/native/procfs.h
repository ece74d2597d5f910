// What /proc shows the host of one process (proc(5)). `dir` is its folder, as open_process returns it, so that
// all that is read is of the same process.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "events.h"

// After the kinds of enum namespace_index.
enum { NS_PID_FOR_CHILDREN = NS_COUNT, NS_TIME_FOR_CHILDREN, NS_KINDS };

#define MAX_DEPTH 33  // pid_namespaces(7)

struct process_facts {
  char state;
  uint32_t parent, real_uid, uid;  // `uid` is the effective one
  bool tty;
  uint32_t group, session, foreground;  // the last is its terminal's; 0: none
  uint64_t start;  // in clock ticks since boot
  uint32_t pids[MAX_DEPTH];  // from the host's pid namespace inwards
  size_t depth;
  char stat[1024];  // the text that `comm` lies in
  const char *comm;
  size_t comm_length;
};

struct file_identity {
  uint64_t inode, size, ctime_us;
};

// Opens /proc/PID, or -1.
int open_process(pid_t pid);
// Reads a small file whole; returns its length, -1 when it cannot be read. NUL-terminates.
ssize_t read_file(int dir, const char *name, char *text, size_t size);
// Inode of one of its namespaces; 0: it has none (any longer).
uint32_t namespace_inode(int dir, int kind);
// False when the process is gone.
bool read_facts(int dir, struct process_facts *facts);
// What identifies its executable. Never waits for a file system.
bool identify_executable(int dir, struct file_identity *file);
