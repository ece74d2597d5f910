#include "describe.h"
#include "procfs.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static __u32 own_user_ns;

void describe_open(void) {
  int self = open_process(getpid());
  own_user_ns = namespace_inode(self, NS_USER);
  close(self);
}

static bool read_process(int dir, struct event *e) {
  struct process_facts facts;
  if (!read_facts(dir, &facts)) return false;
  e->parent = facts.parent;
  e->uid = facts.real_uid;
  e->tty = facts.tty;
  e->pid_count = 0;
  // Without the host's own number.
  for (size_t i = 1; i < facts.depth && e->pid_count < PID_LEVELS; i++) e->pids[e->pid_count++] = facts.pids[i];
  for (int i = 0; i < NS_COUNT; i++) e->ns[i] = namespace_inode(dir, i);
  e->pid_for_children = namespace_inode(dir, NS_PID_FOR_CHILDREN);
  return e->ns[NS_NET] && e->ns[NS_USER] != own_user_ns;
}

bool describe_process(pid_t pid, struct event *e) {
  int dir = open_process(pid);
  if (dir < 0) return false;
  e->pid = pid;
  bool read = read_process(dir, e);
  close(dir);
  return read;
}

static bool read_program(int dir, struct text_event *e) {
  char argv[ARGV_BYTES + 2];
  struct file_identity file;
  ssize_t name = readlinkat(dir, "exe", e->text + ARGV_BYTES, FILE_BYTES);
  if (name <= 0 || !identify_executable(dir, &file)) return false;
  ssize_t length = read_file(dir, "cmdline", argv, sizeof argv);
  if (length < 0) return false;
  e->head.cut = length > ARGV_BYTES;
  e->head.text[0] = length > ARGV_BYTES ? ARGV_BYTES : length;
  e->head.text[1] = name;
  memcpy(e->text, argv, e->head.text[0]);
  e->head.inode = file.inode;
  e->head.size = file.size;
  e->head.ctime_us = file.ctime_us;
  return true;
}

bool describe_program(pid_t pid, struct text_event *e) {
  int dir = open_process(pid);
  if (dir < 0) return false;
  bool read = read_program(dir, e);
  close(dir);
  return read;
}

bool describe_cgroup(pid_t pid, char *folder, size_t size) {
  char text[4096];
  int dir = open_process(pid);
  if (dir < 0) return false;
  ssize_t length = read_file(dir, "cgroup", text, sizeof text);
  close(dir);
  if (length <= 0) return false;
  const char *line = strstr(text, "\n0::");
  if (line) line += 4;
  else if (!strncmp(text, "0::", 3)) line = text + 3;
  else if ((line = strstr(text, ":pids:"))) line += 6;
  if (!line) return false;
  snprintf(folder, size, "%.*s", (int)strcspn(line, "\n"), line);
  return true;
}
