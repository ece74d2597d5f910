// ask QUESTION [ARGUMENT]...: asks the kernel whether a door is open, and never goes through it: what
// it opens it neither reads nor writes. Prints "ok" or the name of the error; static, so that the same
// program asks on the host and inside a sandbox.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif

static int say(int result) {
  puts(result < 0 ? strerrorname_np(errno) : "ok");
  return result < 0;
}

static int ask_open(const char *path, const char *how) {
  return open(path, (!strcmp(how, "write") ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
}

// node PATH b|c|p MAJOR MINOR: makes a device node and opens it for reading.
static int ask_node(char **arg) {
  mode_t type = *arg[1] == 'b' ? S_IFBLK : *arg[1] == 'c' ? S_IFCHR : S_IFIFO;
  if (mknod(arg[0], type | 0600, makedev(atoi(arg[2]), atoi(arg[3])))) return -1;
  int fd = ask_open(arg[0], "read");
  int saved = errno;
  unlink(arg[0]);
  errno = saved;
  return fd;
}

static int ask_tcp(const char *address, const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = inet_addr(address)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval patience = {.tv_sec = 1};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  return connect(fd, (struct sockaddr *)&to, sizeof to);
}

// A name that begins with @ is abstract (unix(7)); some libraries pad those with zeros to full length.
static int ask_unix(const char *name) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  snprintf(to.sun_path, sizeof to.sun_path, "%s", name);
  socklen_t length = offsetof(struct sockaddr_un, sun_path) + strlen(to.sun_path);
  if (*name == '@') to.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!connect(fd, (struct sockaddr *)&to, length)) return 0;
  return *name == '@' ? connect(fd, (struct sockaddr *)&to, sizeof to) : -1;
}

// Who may set the clock is told that no clock ticks like this; nobody's clock changes.
static int ask_clock(void) {
  struct timex never = {.modes = ADJ_TICK, .tick = 0};
  return adjtimex(&never);
}

static int ask_bpf(void) {
  union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
}

// On a terminal of its own; with "high", bits above the 32 that the kernel looks at are set.
static int ask_tiocsti(bool high) {
  if (setsid() < 0 && errno != EPERM) return -1;
  int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), unlock = 0;
  if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock)) return -1;
  int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_CLOEXEC);
  return syscall(SYS_ioctl, slave, TIOCSTI | (high ? 1UL << 32 : 0), "x");
}

static int print_descriptors(void) {
  for (int fd = 0; fd < 4096; fd++)
    if (fcntl(fd, F_GETFD) >= 0) printf("%d ", fd);
  return puts("") < 0;
}

// The Seccomp field of /proc/PID/status: 2 under a filter; -1 when the process has ended.
static int seccomp_of(pid_t pid) {
  char path[64], line[256];
  int mode = -1;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "re");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Seccomp: %d", &mode) == 1) break;
  if (file) fclose(file);
  return mode;
}

static bool in_our_namespace(pid_t pid) {
  char path[64];
  struct stat own, other;
  snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
  return !stat("/proc/self/ns/user", &own) && !stat(path, &other) && own.st_ino == other.st_ino;
}

// Whether it stands elsewhere; one that has ended meanwhile stands nowhere.
static bool elsewhere(pid_t pid) {
  errno = 0;
  return !in_our_namespace(pid) && errno != ENOENT && errno != ESRCH;
}

// Stops a process just seized, tells whether it is fully one of ours, and lets it go.
static bool ours_when_stopped(pid_t pid) {
  int status, waited = 0;
  if (ptrace(PTRACE_INTERRUPT, pid, 0, 0)) return true;
  // It may sleep where nothing interrupts it; then it is let go when the watcher ends.
  for (int n = 0; n < 200 && !(waited = waitpid(pid, &status, __WALL | WNOHANG)); n++) usleep(1000);
  if (waited != pid || !WIFSTOPPED(status)) return true;
  bool ours = seccomp_of(pid) == 2 && in_our_namespace(pid);
  ptrace(PTRACE_DETACH, pid, 0, 0);
  return ours;
}

// attaching MS: tries to get hold of every process that appears, from its first moment on, until its
// standard input ends or MS milliseconds have passed. Pids of a
// namespace are handed out in order, so the next ones are tried before they exist.
// Prints how many appeared, could be seized or had their memory or descriptors opened once they were
// ours, and in how many cases one showed without a filter or was reached before it was ours.
static int watch_attaching(long ms) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  long end = now.tv_sec * 1000 + now.tv_nsec / 1000000 + ms;
  pid_t last = getpid();
  int appeared = 0, seized = 0, unfiltered = 0, early = 0;
  bool counted = false;
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  puts("ready");
  fflush(stdout);
  do {
    char path[64];
    pid_t pid = last + 1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    bool got = !ptrace(PTRACE_SEIZE, pid, 0, 0);
    if (!got && errno == ESRCH) {
      // Not there yet; or it has come and gone, and its successor is there.
      if (counted || !kill(pid + 1, 0) || errno == EPERM) last++, counted = false;
      continue;
    }
    if (!counted) appeared++, counted = true;
    int mode = seccomp_of(pid);
    if (mode != 2 && mode != -1) unfiltered++;
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int memory = ask_open(path, "read");
    snprintf(path, sizeof path, "/proc/%d/fd/0", pid);
    int descriptor = ask_open(path, "read");
    if ((memory >= 0 || descriptor >= 0) && !got && elsewhere(pid)) early++;
    if (memory >= 0) close(memory);
    if (descriptor >= 0) close(descriptor);
    if (!got) continue;
    seized++;
    if (!ours_when_stopped(pid)) early++;
    last = pid, counted = false;
  } while (!poll(&input, 1, 0) && now.tv_sec * 1000 + now.tv_nsec / 1000000 < end);
  printf("appeared %d seized %d unfiltered %d early %d\n", appeared, seized, unfiltered, early);
  return 0;
}

int main(int argc, char **argv) {
  const char *question = argc > 1 ? argv[1] : "";
  char **arg = argv + 2;
  int count = argc - 2;
  if (!strcmp(question, "access") && count == 1) return say(access(arg[0], W_OK));
  if (!strcmp(question, "open") && count == 2) return say(ask_open(arg[0], arg[1]));
  if (!strcmp(question, "node") && count == 4) return say(ask_node(arg));
  if (!strcmp(question, "tcp") && count == 2) return say(ask_tcp(arg[0], arg[1]));
  if (!strcmp(question, "unix") && count == 1) return say(ask_unix(arg[0]));
  if (!strcmp(question, "signal") && count == 1) return say(kill(atoi(arg[0]), 0));
  if (!strcmp(question, "socket") && count == 1) return say(socket(atoi(arg[0]), SOCK_STREAM, 0));
  if (!strcmp(question, "socketpair") && count == 1)
    return say(socketpair(atoi(arg[0]), SOCK_STREAM, 0, (int[2]){0}));
  if (!strcmp(question, "io_uring")) return say(syscall(SYS_io_uring_setup, 1, (char[120]){0}));
  if (!strcmp(question, "clock")) return say(ask_clock());
  if (!strcmp(question, "bpf")) return say(ask_bpf());
  if (!strcmp(question, "tiocsti")) return say(ask_tiocsti(count == 1));
  if (!strcmp(question, "descriptors")) return print_descriptors();
  if (!strcmp(question, "attaching") && count == 1) return watch_attaching(atol(arg[0]));
  return 64;
}
