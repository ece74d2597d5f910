#include "procfs.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

// proc_pid_stat(5). The name in the second field may hold anything, parentheses included.
static bool parse_stat(struct process_facts *facts) {
  char *open = strchr(facts->stat, '('), *close = strrchr(facts->stat, ')');
  if (!open || !close) return false;
  facts->comm = open + 1;
  facts->comm_length = close - open - 1;
  int tty, foreground;
  unsigned long long start;
  if (sscanf(close + 1, " %c %u %u %u %d %d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &facts->state, &facts->parent,
             &facts->group, &facts->session, &tty, &foreground, &start) != 7)
    return false;
  facts->tty = tty != 0;
  facts->foreground = foreground > 0 ? foreground : 0;
  facts->start = start;
  return true;
}

// proc_pid_status(5). The name on its first line is escaped there, so no line can be forged.
static bool parse_status(char *text, struct process_facts *facts) {
  char *uid = strstr(text, "\nUid:\t"), *pids = strstr(text, "\nNSpid:\t");
  if (!uid || !pids || sscanf(uid, "\nUid:\t%u\t%u", &facts->real_uid, &facts->uid) != 2) return false;
  char *at = pids + strlen("\nNSpid:");
  for (facts->depth = 0; *at == '\t' && facts->depth < MAX_DEPTH; facts->depth++) facts->pids[facts->depth] = strtoul(at + 1, &at, 10);
  return true;
}

bool read_facts(int dir, struct process_facts *facts) {
  char status[8192];
  return read_file(dir, "stat", facts->stat, sizeof facts->stat) > 0 && parse_stat(facts) &&
         read_file(dir, "status", status, sizeof status) > 0 && parse_status(status, facts);
}

bool identify_executable(int dir, struct file_identity *file) {
  struct statx status;
  if (statx(dir, "exe", AT_STATX_DONT_SYNC, STATX_INO | STATX_SIZE | STATX_CTIME, &status)) return false;
  file->inode = status.stx_ino;
  file->size = status.stx_size;
  file->ctime_us = status.stx_ctime.tv_sec * 1000000ULL + status.stx_ctime.tv_nsec / 1000;
  return true;
}
