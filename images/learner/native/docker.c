// docker: what it is for a member of the docker group, root's hands for containers (podman here).
// Installed set-user-ID root, because sudo would put a terminal of its own in between.
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  const char *term = getenv("TERM");
  char kept[256] = "TERM=dumb";
  if (term) snprintf(kept, sizeof kept, "TERM=%s", term);
  char *env[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", kept, NULL};
  if (setgroups(0, NULL) || setresgid(0, 0, 0) || setresuid(0, 0, 0)) {
    fprintf(stderr, "docker: become root: %s\n", strerror(errno));
    return 1;
  }
  // podman asks the containers' cgroups, and here they have none of their own.
  if (argc > 1 && !strcmp(argv[1], "stats")) {
    execve("/usr/local/libexec/docker-stats", argv + 1, env);
    fprintf(stderr, "docker: run docker-stats: %s\n", strerror(errno));
    return 127;
  }
  argv[0] = "podman";
  execve("/usr/bin/podman", argv, env);
  fprintf(stderr, "docker: run podman: %s\n", strerror(errno));
  return 127;
}
