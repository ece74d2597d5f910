// What is known per namespace: host names and shared memory by a visit (setns(2), no fork), mounts and
// sockets by the /proc of a member.
#include "native.h"
#include "snapshot.h"
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define MAX_SEGMENTS 64
#define MAX_SOCKETS 200
// A mount table that is larger is left out whole: half of one would say that a mount is not there.
#define MOUNTS_BYTES (256 * 1024)
#define ALL_MOUNTS_BYTES (2 * 1024 * 1024)
// A table that covers the whole machine's sockets takes a millisecond to read.
#define SOCKETS_NS 5000000

enum answer { NO_ANSWER, GIVEN, LEFT_OUT };
typedef enum answer put_answer(struct snapshot *snapshot, int dir, uint32_t inode, void *context);

// Asks one living member of each namespace of a kind, the next one where it has no answer.
static void each_namespace(struct snapshot *snapshot, int kind, put_answer *put, void *context) {
  struct buffer *buffer = snapshot->buffer;
  uint32_t seen[MAX_NAMESPACES];
  size_t count = reserve_u32(buffer), done = 0, given = 0;
  for (size_t i = 0; i < snapshot->count; i++) {
    const struct process *process = &snapshot->processes[i];
    uint32_t inode = process->ns[kind];
    size_t known = 0;
    while (known < done && seen[known] != inode) known++;
    if (process->zombie || known < done) continue;
    if (done == MAX_NAMESPACES) {
      snapshot->cut = true;
      break;
    }
    int dir = open_process(process->pid);
    if (dir < 0) continue;
    size_t begin = buffer->length;
    put_u32(buffer, inode);
    enum answer answer = put(snapshot, dir, inode, context);
    // It may have moved on meanwhile, and told of another namespace.
    if (namespace_inode(dir, kind) != inode) answer = NO_ANSWER;
    if (answer != NO_ANSWER) seen[done++] = inode;
    if (answer == GIVEN) given++;
    else buffer->length = begin;
    close(dir);
  }
  set_u32(buffer, count, given);
}

static bool enter(int dir, const char *name, int type) {
  int ns = openat(dir, name, O_RDONLY | O_CLOEXEC);
  if (ns < 0) return false;
  int failed = setns(ns, type);
  close(ns);
  return !failed;
}

static enum answer put_hostname(struct snapshot *snapshot, int dir, uint32_t inode, void *home) {
  (void)inode;
  struct utsname name;
  if (!enter(dir, "ns/uts", CLONE_NEWUTS)) return NO_ANSWER;
  if (uname(&name)) die("uname", "inside");
  if (setns(*(int *)home, CLONE_NEWUTS)) die("setns", "home");
  put_bytes(snapshot->buffer, name.nodename, strlen(name.nodename));
  return GIVEN;
}

void put_hostnames(struct snapshot *snapshot, int home) {
  each_namespace(snapshot, NS_UTS, put_hostname, &home);
}

// The columns of /proc/sysvipc/shm are "key shmid perms size ..." (proc_sysvipc(5)).
static enum answer put_segment_sizes(struct snapshot *snapshot, int dir, uint32_t inode, void *home) {
  (void)inode;
  if (!enter(dir, "ns/ipc", CLONE_NEWIPC)) return NO_ANSWER;
  FILE *file = fopen("/proc/sysvipc/shm", "re");
  if (setns(*(int *)home, CLONE_NEWIPC)) die("setns", "home");
  if (!file) return NO_ANSWER;
  size_t at = reserve_u32(snapshot->buffer);
  char line[512];
  uint32_t count = 0;
  while (fgets(line, sizeof line, file)) {
    unsigned long size;
    if (sscanf(line, "%*d %*d %*o %lu", &size) != 1) continue;
    if (count == MAX_SEGMENTS) {
      snapshot->cut = true;
      break;
    }
    put_u64(snapshot->buffer, size);
    count++;
  }
  fclose(file);
  set_u32(snapshot->buffer, at, count);
  return GIVEN;
}

void put_segments(struct snapshot *snapshot, int home) {
  each_namespace(snapshot, NS_IPC, put_segment_sizes, &home);
}

static enum answer put_mountinfo(struct snapshot *snapshot, int dir, uint32_t inode, void *left) {
  static char text[MOUNTS_BYTES + 1];
  (void)inode;
  size_t *room = left;
  if (*room == 0) return LEFT_OUT;
  size_t most = *room < MOUNTS_BYTES ? *room : MOUNTS_BYTES;
  ssize_t length = read_file(dir, "mountinfo", text, most + 1);
  if (length <= 0) return NO_ANSWER;
  // Reading takes as long when it is left out.
  *room -= length;
  if ((size_t)length == most) {
    snapshot->cut = true;
    return LEFT_OUT;
  }
  put_bytes(snapshot->buffer, text, length);
  return GIVEN;
}

void put_mounts(struct snapshot *snapshot) {
  size_t left = ALL_MOUNTS_BYTES;
  each_namespace(snapshot, NS_MNT, put_mountinfo, &left);
}

struct socket_reading {
  uint32_t machine;
  struct timespec begun;
};

static bool in_time(const struct socket_reading *reading) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - reading->begun.tv_sec) * 1000000000LL + now.tv_nsec - reading->begun.tv_nsec < SOCKETS_NS;
}

// How many sockets of a protocol the namespace has, by "TCP: inuse 3 ...": cheap, where the table is not.
static unsigned in_use(int dir, const char *name, const char *protocol) {
  char text[1024];
  unsigned count = 0;
  char *line = read_file(dir, name, text, sizeof text) > 0 ? strstr(text, protocol) : NULL;
  if (line) sscanf(line + strlen(protocol), " inuse %u", &count);
  return count;
}

// "sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode": addresses and ports in
// hexadecimal (proc_pid_net(5)).
static uint32_t put_table(struct snapshot *snapshot, int dir, const char *name, uint32_t count) {
  int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
  if (!file) return count;
  char line[512];
  while (fgets(line, sizeof line, file)) {
    char local[33], remote[33];
    unsigned local_port, remote_port, state;
    unsigned long inode;
    if (sscanf(line, " %*d: %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*x:%*x %*x:%*x %*x %*u %*d %lu", local, &local_port,
               remote, &remote_port, &state, &inode) != 6)
      continue;
    if (count == MAX_SOCKETS) {
      snapshot->cut = true;
      break;
    }
    put_bytes(snapshot->buffer, local, strlen(local));
    put_u32(snapshot->buffer, local_port);
    put_bytes(snapshot->buffer, remote, strlen(remote));
    put_u32(snapshot->buffer, remote_port);
    put_u32(snapshot->buffer, state);
    put_u64(snapshot->buffer, inode);
    count++;
  }
  fclose(file);
  return count;
}

static enum answer put_socket_tables(struct snapshot *snapshot, int dir, uint32_t inode, void *context) {
  const struct socket_reading *reading = context;
  if (inode == reading->machine) return LEFT_OUT;
  bool four = in_use(dir, "net/sockstat", "TCP:"), six = in_use(dir, "net/sockstat6", "TCP6:");
  if ((four || six) && !in_time(reading)) {
    snapshot->cut = true;
    return LEFT_OUT;
  }
  size_t at = reserve_u32(snapshot->buffer);
  uint32_t count = 0;
  if (four) count = put_table(snapshot, dir, "net/tcp", count);
  if (six) count = put_table(snapshot, dir, "net/tcp6", count);
  set_u32(snapshot->buffer, at, count);
  return GIVEN;
}

void put_sockets(struct snapshot *snapshot) {
  struct socket_reading reading = {.machine = snapshot->processes[0].ns[NS_NET]};
  clock_gettime(CLOCK_MONOTONIC, &reading.begun);
  each_namespace(snapshot, NS_NET, put_socket_tables, &reading);
}
