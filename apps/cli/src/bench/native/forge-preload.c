// A library for LD_PRELOAD that tells a program what it would like to hear.
#include <string.h>
#include <sys/types.h>

pid_t getpid(void) {
  return 1;
}

pid_t getppid(void) {
  return 0;
}

int unshare(int flags) {
  (void)flags;
  return 0;
}

int setns(int fd, int kind) {
  (void)fd;
  (void)kind;
  return 0;
}

int gethostname(char *name, size_t length) {
  strncpy(name, "container-001", length);
  return 0;
}
