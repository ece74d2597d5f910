// PID 1 of a sandbox: takes the seccomp filter, reaps orphans, and parks threads.
//
// The parked threads are there for ps: in a child pid namespace that still reads the machine's /proc,
// procps looks up /proc/<its own small pid>, and dies when the machine has no task of that number. On a
// machine with hundreds of tasks it always has. A thread's id can be looked up like a process's.
#include "native.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void die(const char *operation, const char *target) {
  fprintf(stderr, "tatami-init: %s %s: %s\n", operation, target, strerror(errno));
  _exit(125);
}

static __attribute__((noreturn)) void *park(void *unused) {
  (void)unused;
  prctl(PR_SET_NAME, "parked");
  for (;;) pause();
}

// runc 1.1 makes none. In the host's own, `nsenter --all` fails: it may not be entered from inside.
static void own_time_namespace(void) {
  if (unshare(CLONE_NEWTIME)) {
    if (errno != EINVAL) die("unshare", "time namespace");
    return;  // built without CONFIG_TIME_NS
  }
  int ns = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
  if (ns < 0 || setns(ns, CLONE_NEWTIME)) die("setns", "time namespace");
  close(ns);
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 0;
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  install_seccomp_filter();
  own_time_namespace();
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  if (close_range(3, ~0U, 0)) die("close_range", "3");

  // As systemd leaves a host: on a private root, mounts would teach what no host does.
  if (mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL)) die("share", "/");

  // runc's own threads used the first numbers up; without these ps dies right in the first child.
  int last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
  if (last >= 0 && write(last, "1", 1) < 0) die("write", "ns_last_pid");
  close(last);

  // Net namespaces made in here get a socket table of their own: reading the host's takes a millisecond.
  int table = open("/proc/sys/net/ipv4/tcp_child_ehash_entries", O_WRONLY | O_CLOEXEC);
  if (table >= 0 && write(table, "256", 3) < 0) die("write", "tcp_child_ehash_entries");
  close(table);

  pthread_attr_t attr;
  pthread_attr_init(&attr);
  pthread_attr_setstacksize(&attr, 16384);
  for (int i = 0; i < threads; i++) {
    pthread_t thread;
    if (pthread_create(&thread, &attr, park, NULL)) break;
  }
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  for (;;) {
    int signal;
    sigwait(&child, &signal);
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
  }
}
