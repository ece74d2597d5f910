// The processes of a sandbox as /proc shows them to the host.
#include "native.h"
#include "snapshot.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARGV_BYTES 1024
#define MAX_DEPTH 33  // pid_namespaces(7)

static const char *const ns_names[NS_KINDS] = {"ns/pid",  "ns/mnt",    "ns/net",  "ns/uts",              "ns/ipc",
                                               "ns/user", "ns/cgroup", "ns/time", "ns/pid_for_children", "ns/time_for_children"};

int open_process(pid_t pid) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d", pid);
  return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

ssize_t read_file(int dir, const char *name, char *text, size_t size) {
  int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t length = 0;
  ssize_t n = 0;
  while (length < size - 1 && (n = read(fd, text + length, size - 1 - length)) > 0) length += n;
  close(fd);
  text[length] = 0;
  return n < 0 ? -1 : (ssize_t)length;
}

// The link reads "net:[4026531840]" (namespaces(7)).
uint32_t namespace_inode(int dir, int kind) {
  char link[64];
  ssize_t length = readlinkat(dir, ns_names[kind], link, sizeof link - 1);
  link[length > 0 ? length : 0] = 0;
  char *inode = strchr(link, '[');
  return inode ? strtoul(inode + 1, NULL, 10) : 0;
}

struct facts {
  char state;
  uint32_t parent, uid, tty;
  uint64_t start;
  const char *comm;
  size_t comm_length;
  uint32_t pids[MAX_DEPTH];
  size_t depth;
};

// proc_pid_stat(5). The name in the second field may hold anything, parentheses included.
static bool parse_stat(char *text, struct facts *facts) {
  char *open = strchr(text, '('), *close = strrchr(text, ')');
  if (!open || !close) return false;
  facts->comm = open + 1;
  facts->comm_length = close - open - 1;
  int tty;
  unsigned long long start;
  if (sscanf(close + 1, " %c %u %*d %*d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &facts->state, &facts->parent, &tty,
             &start) != 4)
    return false;
  facts->tty = tty != 0;
  facts->start = start;
  return true;
}

// proc_pid_status(5). The name on its first line is escaped there, so no line can be forged.
static bool parse_status(char *text, struct facts *facts) {
  char *uid = strstr(text, "\nUid:\t"), *pids = strstr(text, "\nNSpid:\t");
  if (!uid || !pids || sscanf(uid, "\nUid:\t%*u\t%u", &facts->uid) != 1) return false;
  char *at = pids + strlen("\nNSpid:");
  for (facts->depth = 0; *at == '\t' && facts->depth < MAX_DEPTH; facts->depth++) facts->pids[facts->depth] = strtoul(at + 1, &at, 10);
  return true;
}

static bool read_facts(int dir, char *stat, size_t stat_size, struct facts *facts) {
  char status[8192];
  return read_file(dir, "stat", stat, stat_size) > 0 && parse_stat(stat, facts) && read_file(dir, "status", status, sizeof status) > 0 &&
         parse_status(status, facts);
}

// Its executable: the path it shows under, and what identifies the file. Never waits for a file system.
static bool put_executable(struct buffer *buffer, int dir) {
  char path[PATH_MAX];
  struct statx file;
  ssize_t length = readlinkat(dir, "exe", path, sizeof path);
  if (length < 0 && (errno == ENOENT || errno == ESRCH)) return false;
  if (statx(dir, "exe", AT_STATX_DONT_SYNC, STATX_INO | STATX_SIZE | STATX_CTIME, &file)) return false;
  put_u64(buffer, file.stx_ino);
  put_u64(buffer, file.stx_size);
  put_u64(buffer, file.stx_ctime.tv_sec * 1000000ULL + file.stx_ctime.tv_nsec / 1000);
  put_bytes(buffer, path, length < 0 ? 0 : length);
  return true;
}

// A process on its way in has joined the cgroup but still stands in the host's namespaces.
static bool at_home(const struct snapshot *snapshot, const uint32_t ns[NS_KINDS]) {
  for (int kind = NS_PID; kind <= NS_CGROUP; kind++)
    if (ns[kind] && ns[kind] == snapshot->home[kind]) return true;
  return false;
}

// Writes one process, unless it ended meanwhile.
static bool put_process(struct snapshot *snapshot, int dir, struct process *process) {
  struct facts facts;
  char stat[1024], argv[ARGV_BYTES + 1];
  if (!read_facts(dir, stat, sizeof stat, &facts) || facts.state == 'X') return false;
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
  ssize_t length = read_file(dir, "cmdline", argv, sizeof argv);
  put_bytes(buffer, argv, length < 0 ? 0 : length);
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
