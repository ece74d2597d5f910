#include "procfs.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static __u32 own_user_ns;

static __u32 namespace_inode(pid_t pid, const char *kind) {
  char path[64], link[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind);
  ssize_t n = readlink(path, link, sizeof link - 1);
  if (n <= 0) return 0;
  link[n] = 0;
  const char *number = strchr(link, '[');
  return number ? strtoul(number + 1, NULL, 10) : 0;
}

void procfs_open(void) {
  own_user_ns = namespace_inode(getpid(), "user");
}

static ssize_t read_file(pid_t pid, const char *name, char *text, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t n = read(fd, text, size - 1);
  close(fd);
  if (n >= 0) text[n] = 0;
  return n;
}

// NSpid of proc_pid_status(5), without the host's own number. The name above it has no line break.
static void read_pids(const char *status, struct event *e) {
  const char *line = strstr(status, "\nNSpid:");
  if (!line) return;
  char *rest;
  strtoul(line + 7, &rest, 10);
  for (int i = 0; i < PID_LEVELS && *rest == '\t'; i++) {
    e->pids[i] = strtoul(rest + 1, &rest, 10);
    e->pid_count = i + 1;
  }
}

bool procfs_describe(pid_t pid, struct event *e) {
  static const char *const kinds[NS_COUNT] = {"pid", "mnt", "net", "uts", "ipc", "user", "cgroup", "time"};
  char text[4096];
  if (read_file(pid, "status", text, sizeof text) <= 0) return false;
  const char *parent = strstr(text, "\nPPid:"), *uid = strstr(text, "\nUid:");
  if (!parent || !uid) return false;
  e->pid = pid;
  e->parent = strtoul(parent + 6, NULL, 10);
  e->uid = strtoul(uid + 5, NULL, 10);
  e->pid_count = 0;
  read_pids(text, e);
  // Field 7 of proc_pid_stat(5); the name in field 2 may hold anything.
  if (read_file(pid, "stat", text, sizeof text) <= 0) return false;
  const char *after = strrchr(text, ')');
  int tty = 0;
  if (after) sscanf(after + 2, "%*c %*d %*d %*d %d", &tty);
  e->tty = tty != 0;
  for (int i = 0; i < NS_COUNT; i++) e->ns[i] = namespace_inode(pid, kinds[i]);
  e->pid_for_children = namespace_inode(pid, "pid_for_children");
  return e->ns[NS_NET] && e->ns[NS_USER] != own_user_ns;
}

bool procfs_program(pid_t pid, struct text_event *e) {
  char path[64], argv[ARGV_BYTES + 2];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  struct stat status;
  ssize_t name = readlink(path, e->text + ARGV_BYTES, FILE_BYTES);
  if (name <= 0 || stat(path, &status)) return false;
  ssize_t length = read_file(pid, "cmdline", argv, sizeof argv);
  if (length < 0) return false;
  e->head.cut = length > ARGV_BYTES;
  e->head.text[0] = length > ARGV_BYTES ? ARGV_BYTES : length;
  e->head.text[1] = name;
  memcpy(e->text, argv, e->head.text[0]);
  e->head.inode = status.st_ino;
  e->head.size = status.st_size;
  e->head.ctime_us = status.st_ctim.tv_sec * 1000000ULL + status.st_ctim.tv_nsec / 1000;
  return true;
}

bool procfs_cgroup(pid_t pid, char *folder, size_t size) {
  char text[4096];
  if (read_file(pid, "cgroup", text, sizeof text) <= 0) return false;
  const char *line = strstr(text, "\n0::");
  if (line) line += 4;
  else if (!strncmp(text, "0::", 3)) line = text + 3;
  else if ((line = strstr(text, ":pids:"))) line += 6;
  if (!line) return false;
  snprintf(folder, size, "%.*s", (int)strcspn(line, "\n"), line);
  return true;
}
