// probe: a resident process that takes pictures of sandboxes for the runner, without a fork each.
//
// Request, one line:  "<pid of the sandbox's PID 1> <path of its cgroup.procs>".
// Answer:             its length, then the sections in the order of command_probe, each a count and as
// many entries. Numbers are little-endian, 32 bits unless said; bytes follow their length.
#include "native.h"
#include "snapshot.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void send_answer(const struct buffer *buffer) {
  for (size_t sent = 0; sent < buffer->length;) {
    ssize_t n = write(STDOUT_FILENO, buffer->bytes + sent, buffer->length - sent);
    if (n < 0 && errno != EINTR) die("write", "answer");
    if (n > 0) sent += n;
  }
}

int command_probe(int argc, char **argv) {
  (void)argv;
  if (argc != 1) return 64;
  int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
  int ipc = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
  if (uts < 0 || ipc < 0) die("open", "/proc/self/ns");
  struct buffer buffer = {0};
  struct snapshot snapshot = {.buffer = &buffer};
  int self = open_process(getpid());
  for (int kind = 0; kind < NS_KINDS; kind++) snapshot.home[kind] = namespace_inode(self, kind);
  close(self);

  char *line = NULL, *members;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    line[strcspn(line, "\n")] = 0;
    long init = strtol(line, &members, 10);
    if (*members == ' ') members++;
    buffer.length = snapshot.count = snapshot.waits = 0;
    snapshot.cut = false;
    size_t length = reserve_u32(&buffer), cut = reserve_u32(&buffer);
    put_processes(&snapshot, init, members);
    put_hostnames(&snapshot, uts);
    put_segments(&snapshot, ipc);
    put_mounts(&snapshot);
    put_sockets(&snapshot);
    set_u32(&buffer, cut, snapshot.cut);
    set_u32(&buffer, length, buffer.length - sizeof(uint32_t));
    send_answer(&buffer);
  }
  free(line);
  return 0;
}
