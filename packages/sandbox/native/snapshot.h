// One picture of a sandbox's processes and namespaces, for the probe.
#pragma once
#include "buffer.h"
#include <stdbool.h>
#include <sys/types.h>

// Indices into `struct process.ns`; the order is that of the answer (src/snapshot.ts).
enum { NS_PID, NS_MNT, NS_NET, NS_UTS, NS_IPC, NS_USER, NS_CGROUP, NS_TIME, NS_PID_FOR_CHILDREN, NS_TIME_FOR_CHILDREN, NS_KINDS };

#define MAX_PROCESSES 500
#define MAX_NAMESPACES 100

struct process {
  pid_t pid;
  uint32_t ns[NS_KINDS];
  bool zombie;
};

struct snapshot {
  struct buffer *buffer;
  struct process processes[MAX_PROCESSES];
  size_t count;
  uint32_t home[NS_KINDS];  // the probe's own namespaces
  bool cut;                 // something did not fit
};

// Opens /proc/PID, or -1.
int open_process(pid_t pid);
// Reads a small file whole; returns its length, -1 when it cannot be read. NUL-terminates.
ssize_t read_file(int dir, const char *name, char *text, size_t size);
// Inode of one of its namespaces; 0: it has none (any longer).
uint32_t namespace_inode(int dir, int kind);

// Each writes one section of the answer. Of processes PID 1 comes first; none says that it is gone.
void put_processes(struct snapshot *snapshot, pid_t init, const char *members);  // process.c
void put_hostnames(struct snapshot *snapshot, int home);                         // namespaces.c
void put_segments(struct snapshot *snapshot, int home);
void put_mounts(struct snapshot *snapshot);
void put_sockets(struct snapshot *snapshot);
