// PID 1 of a sandbox: takes the seccomp filter, reaps orphans, parks threads, and keeps the simulated
// internet running, which lives in the root filesystem (images/learner/native/internet.c). Nobody waits
// for that: it is up by the time that a shell has been started.
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
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
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

static const char program[] = "/usr/local/libexec/internet";
// Long enough for a reset to end everything, and doubled while the program does not live.
enum { FIRST_PAUSE_MS = 100, LAST_PAUSE_MS = 3200, SETTLED_MS = 500 };

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static struct {
  pid_t pid;  // 0: not running
  long long started_ms, start_at_ms;
  int pause_ms;
} internet;

static void internet_ended(void) {
  long long now = now_ms();
  internet.pid = 0;
  if (now - internet.started_ms > SETTLED_MS) internet.pause_ms = FIRST_PAUSE_MS;
  internet.start_at_ms = now + internet.pause_ms;
  if (internet.pause_ms < LAST_PAUSE_MS) internet.pause_ms *= 2;
}

static void start_internet(void) {
  internet.started_ms = now_ms();
  pid_t pid = fork();
  if (pid < 0) internet_ended();
  if (pid > 0) internet.pid = pid;
  if (pid) return;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  execl(program, "internet", NULL);
  _exit(127);
}

// Sleeps until a child has ended or the internet is due, then sees to either.
static void attend(const sigset_t *child, bool serves) {
  long long left = internet.start_at_ms - now_ms();
  if (serves && !internet.pid && left <= 0) return start_internet();
  struct timespec until_due = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
  sigtimedwait(child, NULL, serves && !internet.pid ? &until_due : NULL);
  for (pid_t ended; (ended = waitpid(-1, NULL, WNOHANG)) > 0;)
    if (ended == internet.pid) internet_ended();
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
  internet.pause_ms = FIRST_PAUSE_MS;
  bool serves = !access(program, X_OK);
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  for (;;) attend(&child, serves);
}
