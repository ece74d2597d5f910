// The processes of a sandbox as /proc shows them to the host.
#include "native.h"
#include "snapshot.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_ARGV_BYTES 1024
// In one picture, for arguments of processes that change their memory map meanwhile.
#define MAX_WAITS 8

// Its executable: the path it shows under, and what identifies the file.
static bool put_executable(struct buffer *buffer, int dir) {
  char path[PATH_MAX];
  struct file_identity file;
  ssize_t length = readlinkat(dir, "exe", path, sizeof path);
  if (length < 0 && (errno == ENOENT || errno == ESRCH)) return false;
  if (!identify_executable(dir, &file)) return false;
  put_u64(buffer, file.inode);
  put_u64(buffer, file.size);
  put_u64(buffer, file.ctime_us);
  put_bytes(buffer, path, length < 0 ? 0 : length);
  return true;
}

// A sleep is a voluntary switch, being preempted is none.
static long sleeps(void) {
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

// Waits for whoever changes the process's memory map, which a learner's hundreds of processes can share: after
// some waits the rest goes without, or everyone's pictures would come late.
static void put_arguments(struct snapshot *snapshot, int dir) {
  char argv[MAX_ARGV_BYTES + 1];
  ssize_t length = 0;
  if (snapshot->waits < MAX_WAITS) {
    long before = sleeps();
    length = read_file(dir, "cmdline", argv, sizeof argv);
    snapshot->waits += sleeps() - before;
  } else snapshot->cut = true;
  put_bytes(snapshot->buffer, argv, length < 0 ? 0 : length);
}

// A process on its way in has joined the cgroup but still stands in the host's namespaces.
static bool at_home(const struct snapshot *snapshot, const uint32_t ns[NS_KINDS]) {
  for (int kind = NS_PID; kind <= NS_CGROUP; kind++)
    if (ns[kind] && ns[kind] == snapshot->home[kind]) return true;
  return false;
}

// Writes one process, unless it ended meanwhile.
static bool put_process(struct snapshot *snapshot, int dir, struct process *process) {
  struct process_facts facts;
  if (!read_facts(dir, &facts) || facts.state == 'X') return false;
  for (int kind = 0; kind < NS_KINDS; kind++) process->ns[kind] = namespace_inode(dir, kind);
  process->zombie = facts.state == 'Z';
  if (at_home(snapshot, process->ns) || (!process->zombie && !process->ns[NS_NET])) return false;
  struct buffer *buffer = snapshot->buffer;
  size_t begin = buffer->length;
  put_u32(buffer, process->pid);
  put_u32(buffer, facts.parent);
  put_u32(buffer, facts.state);
  put_u32(buffer, facts.uid);
  put_u32(buffer, facts.tty);
  put_u32(buffer, facts.group);
  put_u32(buffer, facts.session);
  put_u32(buffer, facts.foreground);
  put_u64(buffer, facts.start);
  for (int kind = 0; kind < NS_KINDS; kind++) put_u32(buffer, process->ns[kind]);
  put_u32(buffer, facts.depth);
  for (size_t i = 0; i < facts.depth; i++) put_u32(buffer, facts.pids[i]);
  put_bytes(buffer, facts.comm, facts.comm_length);
  if (process->zombie) return true;
  if (!put_executable(buffer, dir)) {
    buffer->length = begin;
    return false;
  }
  put_arguments(snapshot, dir);
  return true;
}

static bool known(const struct snapshot *snapshot, pid_t pid) {
  for (size_t i = 0; i < snapshot->count; i++)
    if (snapshot->processes[i].pid == pid) return true;
  return false;
}

static void add(struct snapshot *snapshot, pid_t pid) {
  if (snapshot->count == MAX_PROCESSES) {
    snapshot->cut = true;
    return;
  }
  int dir = open_process(pid);
  if (dir < 0) return;
  struct process *process = &snapshot->processes[snapshot->count];
  process->pid = pid;
  if (put_process(snapshot, dir, process)) snapshot->count++;
  close(dir);
}

// cgroup.procs leaves zombies out: they are found as children that are not yet known.
static void add_zombies(struct snapshot *snapshot) {
  size_t living = snapshot->count;
  for (size_t i = 0; i < living; i++) {
    pid_t pid = snapshot->processes[i].pid;
    char name[64], children[8192];
    int dir = open_process(pid);
    if (dir < 0) continue;
    snprintf(name, sizeof name, "task/%d/children", pid);
    ssize_t length = read_file(dir, name, children, sizeof children);
    close(dir);
    char *at = children, *end;
    for (long child; length > 0 && (child = strtol(at, &end, 10)) > 0; at = end) {
      if (known(snapshot, child)) continue;
      add(snapshot, child);
    }
  }
}

// Reads cgroup.procs; returns whether `init` is there.
static bool read_members(struct snapshot *snapshot, const char *members, pid_t init, pid_t pids[MAX_PROCESSES], size_t *count) {
  FILE *file = fopen(members, "re");
  if (!file) return false;
  bool found = false;
  long pid;
  for (*count = 0; fscanf(file, "%ld", &pid) == 1;) {
    if (pid == init) found = true;
    else if (*count < MAX_PROCESSES) pids[(*count)++] = pid;
    else snapshot->cut = true;
  }
  fclose(file);
  return found;
}

void put_processes(struct snapshot *snapshot, pid_t init, const char *members) {
  size_t count = reserve_u32(snapshot->buffer), others;
  pid_t pids[MAX_PROCESSES];
  if (read_members(snapshot, members, init, pids, &others)) {
    add(snapshot, init);
    for (size_t i = 0; i < others && snapshot->count > 0; i++) add(snapshot, pids[i]);
    add_zombies(snapshot);
  }
  set_u32(snapshot->buffer, count, snapshot->count);
}
