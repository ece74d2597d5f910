#include "native.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void die(const char *operation, const char *target) {
  fprintf(stderr, "tatami-native: %s %s: %s\n", operation, target, strerror(errno));
  exit(125);
}

int write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t written = write(fd, text, strlen(text));
  int saved = errno;
  close(fd);
  errno = saved;
  return written == (ssize_t)strlen(text) ? 0 : -1;
}

// join PROCS_FILE... -- COMMAND...: runs COMMAND in the named cgroups (cgroups(7): "0" is the writer).
int command_join(int argc, char **argv) {
  int i = 1;
  for (; i < argc && strcmp(argv[i], "--"); i++)
    if (write_file(argv[i], "0")) die("join cgroup", argv[i]);
  if (i + 1 >= argc) return 64;
  execvp(argv[i + 1], argv + i + 1);
  die("exec", argv[i + 1]);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    int (*run)(int, char **);
  } commands[] = {
      {"prepare", command_prepare}, {"join", command_join}, {"enter", command_enter},
      {"probe", command_probe},     {"read", command_read}, {"connector", command_connector}};
  // Learners other than root must reach what is made here, whatever the caller's own umask is.
  umask(022);
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
    if (!strcmp(argv[1], commands[i].name)) {
      int status = commands[i].run(argc - 1, argv + 1);
      if (status == 64) fprintf(stderr, "tatami-native: %s: wrong arguments\n", argv[1]);
      return status;
    }
  fputs("usage: tatami-native prepare|join|enter|probe|read|connector ...\n", stderr);
  return 64;
}
