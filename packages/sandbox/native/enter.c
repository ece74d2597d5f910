// enter --pid P --start T --base B --uid U --gid G --caps MASK --cwd DIR [--tty] [--cgroup FILE]...
//       [--env K=V]... -- COMMAND...
//
// Runs COMMAND inside the sandbox whose PID 1 is process P (start time T of proc_pid_stat(5), so that
// a reused number is noticed). With --tty, COMMAND gets a terminal of the sandbox's own devpts, and
// this process relays between it and its caller (relay.c) until COMMAND ends; without, COMMAND inherits
// the three standard streams and is killed when this process is. Exits with COMMAND's status (128 +
// signal), 125 when it could not start.
//
// Both processes run under the seccomp filter, and the child joins the cgroups before it enters. It is
// not dumpable until it executes COMMAND, so nobody in the sandbox can ptrace it or read its descriptors
// before then.
#include "native.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define MAX_LIST 32

struct options {
  pid_t pid;
  unsigned long long start, caps;
  unsigned base, uid, gid;
  const char *cwd;
  bool tty;
  const char *cgroups[MAX_LIST];
  int cgroup_count;
  char *env[MAX_LIST + 1];
  int env_count;
  char **command;
};

static bool parse(int argc, char **argv, struct options *o) {
  int i = 1;
  for (; i < argc && strcmp(argv[i], "--"); i++) {
    const char *flag = argv[i];
    if (!strcmp(flag, "--tty")) {
      o->tty = true;
      continue;
    }
    if (++i >= argc) return false;
    char *value = argv[i];
    if (!strcmp(flag, "--pid")) o->pid = atoi(value);
    else if (!strcmp(flag, "--start")) o->start = strtoull(value, NULL, 10);
    else if (!strcmp(flag, "--base")) o->base = strtoul(value, NULL, 10);
    else if (!strcmp(flag, "--uid")) o->uid = strtoul(value, NULL, 10);
    else if (!strcmp(flag, "--gid")) o->gid = strtoul(value, NULL, 10);
    else if (!strcmp(flag, "--caps")) o->caps = strtoull(value, NULL, 16);
    else if (!strcmp(flag, "--cwd")) o->cwd = value;
    else if (!strcmp(flag, "--cgroup") && o->cgroup_count < MAX_LIST) o->cgroups[o->cgroup_count++] = value;
    else if (!strcmp(flag, "--env") && o->env_count < MAX_LIST) o->env[o->env_count++] = value;
    else return false;
  }
  o->command = argv + i + 1;
  return i + 1 < argc && o->pid > 1 && o->base > 0 && o->cwd;
}

// Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and parentheses.
static unsigned long long start_time(pid_t pid) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) die("open", path);
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) die("read", path);
  text[length] = 0;
  char *field = strrchr(text, ')');
  for (int n = 2; field && n < 22; n++) field = strchr(field + 1, ' ');
  return field ? strtoull(field + 1, NULL, 10) : 0;
}

// Opens a terminal of the sandbox's devpts, owned by `owner`. The path is resolved inside the sandbox's
// own root, where a learner may have put anything: hence non-blocking and the check of the device.
static void open_pty(int pidfd, uid_t owner, int *master, int *slave) {
  int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (home < 0) die("open", "/proc/self/ns/mnt");
  if (setns(pidfd, CLONE_NEWNS)) die("setns", "mount namespace");
  setfsuid(owner);
  *master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int saved = errno;
  setfsuid(0);
  if (setns(home, CLONE_NEWNS)) die("setns", "own mount namespace");
  close(home);
  errno = saved;
  if (*master < 0) die("open", "/dev/ptmx inside");
  struct stat status;
  int unlock = 0;
  errno = ENOTTY;
  if (fstat(*master, &status) || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2)) die("check", "/dev/ptmx inside");
  if (ioctl(*master, TIOCSPTLCK, &unlock)) die("unlock", "/dev/ptmx inside");
  *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*slave < 0) die("TIOCGPTPEER", "/dev/ptmx inside");
}

static void limit_capabilities(unsigned long long keep) {
  for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
    if (!(keep >> cap & 1)) prctl(PR_CAPBSET_DROP, cap);
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  for (int word = 0; word < 2; word++) {
    unsigned mask = keep >> (32 * word);
    data[word] = (struct __user_cap_data_struct){.effective = mask, .permitted = mask};
  }
  if (syscall(SYS_capset, &header, data)) die("capset", "sandbox's capabilities");
}

static void close_all_but(int kept) {
  if (kept > 3 && close_range(3, kept - 1, 0)) die("close_range", "3");
  if (close_range(kept < 3 ? 3 : kept + 1, ~0U, 0)) die("close_range", "rest");
}

// A change of credentials clears the setting, so it is made after the last one, and a parent that ended
// before is found out by `parent`, a pipe whose other end only it holds: getppid(2) is 0 in any case, for
// the parent is in another pid namespace.
static void end_with_parent(int parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL)) die("PR_SET_PDEATHSIG", "");
  struct pollfd end = {.fd = parent};
  if (poll(&end, 1, 0)) _exit(128 + SIGKILL);
}

// `parent` is -1 with a terminal: what is left when that is gone has its SIGHUP.
static void become_command(const struct options *o, int pidfd, int slave, int parent) {
  for (int i = 0; i < o->cgroup_count; i++)
    if (write_file(o->cgroups[i], "0")) die("join cgroup", o->cgroups[i]);
  // The host's own services must outlive any learner when memory runs out.
  if (write_file("/proc/self/oom_score_adj", "500")) die("write", "oom_score_adj");
  int kinds = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP;
  if (!access("/proc/self/ns/time", F_OK)) kinds |= CLONE_NEWTIME;
  if (setns(pidfd, kinds)) die("setns", "sandbox");
  if (setsid() < 0) die("setsid", "");
  if (slave >= 0) {
    if (ioctl(slave, TIOCSCTTY, 0)) die("TIOCSCTTY", "");
    for (int fd = 0; fd < 3; fd++)
      if (dup2(slave, fd) < 0) die("dup2", "terminal");
  }
  close_all_but(parent);
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // Capabilities go last of all that needs them, but the bounding set needs CAP_SETPCAP.
  if (setgroups(0, NULL)) die("setgroups", "");
  if (setresgid(o->gid, o->gid, o->gid)) die("setresgid", "");
  if (o->uid) {
    for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
      if (!(o->caps >> cap & 1)) prctl(PR_CAPBSET_DROP, cap);
    if (setresuid(o->uid, o->uid, o->uid)) die("setresuid", "");
  } else {
    if (setresuid(0, 0, 0)) die("setresuid", "");
    limit_capabilities(o->caps);
  }
  umask(022);
  if (chdir(o->cwd) && chdir("/")) die("chdir", "/");
  sigset_t none_blocked;
  sigemptyset(&none_blocked);
  sigprocmask(SIG_SETMASK, &none_blocked, NULL);
  for (int signal = 1; signal < NSIG; signal++)
    if (signal != SIGKILL && signal != SIGSTOP) sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  if (parent >= 0) end_with_parent(parent);
  execve(o->command[0], o->command, o->env);
  die("exec", o->command[0]);
}

static int exit_status(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int relay_until_exit(const struct options *o, int master, pid_t child) {
  int child_fd = syscall(SYS_pidfd_open, child, 0);
  if (child_fd < 0) die("pidfd_open", "command");
  // From here on this process only moves bytes: it needs no privilege.
  uid_t nobody = o->base + 65534;
  if (setgroups(0, NULL) || setresgid(nobody, nobody, nobody) || setresuid(nobody, nobody, nobody)) die("setresuid", "relay");
  relay(master, child_fd);
  close(master);
  int status;
  // The terminal is gone: the shell has its SIGHUP. Do not wait for one that ignores it.
  for (int i = 0; i < 40; i++) {
    if (waitpid(child, &status, WNOHANG) == child) return exit_status(status);
    usleep(5000);
  }
  return 129;
}

int command_enter(int argc, char **argv) {
  struct options o = {0};
  if (!parse(argc, argv, &o)) return 64;
  prctl(PR_SET_DUMPABLE, 0);
  int pidfd = syscall(SYS_pidfd_open, o.pid, 0);
  if (pidfd < 0) die("pidfd_open", "PID 1 of the sandbox");
  errno = ESRCH;
  if (start_time(o.pid) != o.start) die("check", "PID 1 of the sandbox");

  int master = -1, slave = -1, lives[2] = {-1, -1};
  if (o.tty) {
    open_pty(pidfd, o.base + o.uid, &master, &slave);
    prepare_relay(master);
  } else if (pipe2(lives, O_CLOEXEC)) {
    die("pipe2", "parent");
  }
  // Before the fork: from there on the child shows in the sandbox's /proc.
  install_seccomp_filter();
  if (setns(pidfd, CLONE_NEWPID)) die("setns", "pid namespace");
  pid_t child = fork();
  if (child < 0) die("fork", "");
  if (!child) become_command(&o, pidfd, slave, lives[0]);
  close(slave);
  close(pidfd);
  if (o.tty) return relay_until_exit(&o, master, child);
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return exit_status(status);
}
