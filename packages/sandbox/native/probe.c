// probe: a resident process that answers what /proc does not show from outside: the host name of a
// uts namespace and the shared memory segments of an ipc namespace (setns(2) and a look, no fork).
//
// Request, one line:  "u<pid>" (host name) or "i<pid>" (segments), separated by blanks.
// Answer, one line:   for each, in order, "<inode>=<value>" or "!<errno>". Host names are hexadecimal
// bytes, for a learner chooses them; segments are sizes in bytes separated by commas, at most 64.
#include "native.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static void print_hostname(void) {
  struct utsname name;
  if (uname(&name)) return;
  for (const unsigned char *c = (unsigned char *)name.nodename; *c; c++) printf("%02x", *c);
}

// The columns of /proc/sysvipc/shm are "key shmid perms size ..." (proc_sysvipc(5)).
static void print_segments(void) {
  FILE *file = fopen("/proc/sysvipc/shm", "re");
  if (!file) return;
  char line[512];
  int count = 0;
  while (count < 64 && fgets(line, sizeof line, file)) {
    unsigned long size;
    if (sscanf(line, "%*d %*d %*o %lu", &size) == 1) printf("%s%lu", count++ ? "," : "", size);
  }
  fclose(file);
}

static void answer(char kind, long pid, int home) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/ns/%s", pid, kind == 'u' ? "uts" : "ipc");
  int type = kind == 'u' ? CLONE_NEWUTS : CLONE_NEWIPC;
  struct stat status;
  int ns = open(path, O_RDONLY | O_CLOEXEC);
  if (ns < 0 || fstat(ns, &status) || setns(ns, type)) {
    printf("!%d", errno);
    if (ns >= 0) close(ns);
    return;
  }
  close(ns);
  printf("%lu=", (unsigned long)status.st_ino);
  if (kind == 'u')
    print_hostname();
  else
    print_segments();
  if (setns(home, type)) die("setns", "home");
}

int command_probe(int argc, char **argv) {
  (void)argv;
  if (argc != 1) return 64;
  int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
  int ipc = open("/proc/self/ns/ipc", O_RDONLY | O_CLOEXEC);
  if (uts < 0 || ipc < 0) die("open", "/proc/self/ns");
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0) {
    char *rest = line, *word;
    int first = 1;
    while ((word = strsep(&rest, " \n"))) {
      if (*word != 'u' && *word != 'i') continue;
      if (!first) putchar(' ');
      first = 0;
      answer(*word, atol(word + 1), *word == 'u' ? uts : ipc);
    }
    putchar('\n');
    fflush(stdout);
  }
  free(line);
  return 0;
}
