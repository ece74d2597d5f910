// fresh-proc: takes off whatever was mounted over the machine's /proc. umount(8) cannot, for it looks into the
// /proc that covers it.
// usage: fresh-proc     (as root)
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

// Whether /proc is one of this pid namespace.
static bool shows_me(void) {
  char self[16];
  ssize_t length = readlink("/proc/self", self, sizeof self - 1);
  self[length < 0 ? 0 : length] = 0;
  return atoi(self) == getpid();
}

// proc_pid_mountinfo(5): the fifth field is where it is mounted.
static int mounts_on_proc(void) {
  FILE *info = fopen("/proc/self/mountinfo", "re");
  char line[4096], target[4096];
  int count = 0;
  if (!info) return 0;
  while (fgets(line, sizeof line, info))
    if (sscanf(line, "%*s %*s %*s %*s %4095s", target) == 1 && !strcmp(target, "/proc")) count++;
  fclose(info);
  return count;
}

int main(void) {
  while (!shows_me() || mounts_on_proc() > 1)
    if (umount2("/proc", MNT_DETACH)) {
      fprintf(stderr, "fresh-proc: umount2 /proc: %s\n", strerror(errno));
      return 1;
    }
  return 0;
}
