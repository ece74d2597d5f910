// One picture of a sandbox's processes and namespaces, for the probe.
#pragma once
#include "buffer.h"
#include "procfs.h"
#include <stdbool.h>
#include <sys/types.h>

#define MAX_PROCESSES 500
#define MAX_NAMESPACES 100

struct process {
  pid_t pid;
  uint32_t ns[NS_KINDS];  // in the order of the answer (src/snapshot.ts)
  bool zombie;
};

struct snapshot {
  struct buffer *buffer;
  struct process processes[MAX_PROCESSES];
  size_t count;
  uint32_t home[NS_KINDS];  // the probe's own namespaces
  long waits;               // for arguments of processes
  bool cut;                 // something did not fit
};

// Each writes one section of the answer. Of processes PID 1 comes first; none says that it is gone.
void put_processes(struct snapshot *snapshot, pid_t init, const char *members);  // process.c
void put_hostnames(struct snapshot *snapshot, int home);                         // namespaces.c
void put_segments(struct snapshot *snapshot, int home);
void put_mounts(struct snapshot *snapshot);
void put_sockets(struct snapshot *snapshot);
