// forge KIND [ARGUMENT]...
//
// What a learner with root cannot do by the machine's own programs to look like what they are not. Runs
// inside a sandbox; says "granted" where something is granted that must not be.
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define FRAME_BYTES 160

extern char **environ;

// Calls itself so and stays a while.
static int name(char **argv) {
  prctl(PR_SET_NAME, argv[2]);
  return sleep(3);
}

// Writes over its arguments, as setproctitle does, and stays a while.
static int rewrite(int argc, char **argv) {
  char text[256];
  strncpy(text, argv[2], sizeof text - 1);
  char *end = argv[argc - 1] + strlen(argv[argc - 1]);
  memset(argv[0], 0, end - argv[0]);
  strncpy(argv[0], text, end - argv[0]);
  return sleep(3);
}

// Executes true with a whole frame of the event loader as its arguments: each zero byte ends one.
static int frame(char **argv) {
  static unsigned char bytes[4 + 2 * FRAME_BYTES];
  unsigned char *start = bytes;
  uint32_t length = FRAME_BYTES + 10, pid = 4242;
  uint16_t type = 2, first = 5, second = 5;
  uint64_t cgroup = strtoull(argv[2], NULL, 10);
  memcpy(start, &length, 4);
  memcpy(start + 4, &type, 2);
  memcpy(start + 8, &cgroup, 8);
  memcpy(start + 32, &pid, 4);
  memcpy(start + 152, &first, 2);
  memcpy(start + 154, &second, 2);
  memcpy(start + FRAME_BYTES, "lsns\0/lsns", 10);
  char *arguments[FRAME_BYTES + 12];
  int count = 0;
  for (unsigned char *at = start; at < start + length && count < FRAME_BYTES + 10; at += strlen((char *)at) + 1)
    arguments[count++] = (char *)at;
  arguments[count] = NULL;
  return execve("/bin/true", arguments, environ);
}

// sethostname(2) takes any bytes, where hostname(1) is particular.
static int host(char **argv) {
  return sethostname(argv[2], strlen(argv[2])) || sleep(3);
}

// Executes a file without a path under a name of its choice.
static int memfd(char **argv) {
  int fd = memfd_create(argv[2], 0), file = open("/bin/true", O_RDONLY);
  char buffer[65536];
  for (ssize_t n; (n = read(file, buffer, sizeof buffer)) > 0;)
    if (write(fd, buffer, n) != n) return 1;
  char *arguments[] = {argv[2], NULL};
  return fexecve(fd, arguments, environ);
}

// Writes a file's bytes over another of the same size through shared memory.
static int patch(char **argv) {
  int to = open(argv[2], O_RDWR), from = open(argv[3], O_RDONLY);
  struct stat status;
  if (to < 0 || from < 0 || fstat(to, &status)) return 1;
  void *target = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
  void *source = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, from, 0);
  if (target == MAP_FAILED || source == MAP_FAILED) return 1;
  memcpy(target, source, status.st_size);
  return msync(target, status.st_size, MS_SYNC);
}

static void tell(const char *what, long result) {
  printf("%s: %s\n", what, result < 0 ? strerror(errno) : "granted");
}

// Asks for the means by which the observer observes.
static int observe(void) {
  union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  tell("bpf", syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
  struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof event, .config = PERF_COUNT_SW_CPU_CLOCK};
  tell("perf_event_open", syscall(SYS_perf_event_open, &event, 0, -1, -1, 0));
  int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_CONNECTOR);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC};
  // Bound it may be, in a network namespace of one's own; what counts is whether anything is told there.
  struct timeval patience = {.tv_usec = 300000};
  char message[256];
  if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof address)) {
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (fork() == 0) _exit(0);
  }
  tell("process connector", fd < 0 ? -1 : recv(fd, message, sizeof message, 0));
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  const char *kind = argv[1];
  if (!strcmp(kind, "observe")) return observe();
  if (argc < 3) return 2;
  if (!strcmp(kind, "name")) return name(argv);
  if (!strcmp(kind, "rewrite")) return rewrite(argc, argv);
  if (!strcmp(kind, "frame")) return frame(argv);
  if (!strcmp(kind, "host")) return host(argv);
  if (!strcmp(kind, "memfd")) return memfd(argv);
  if (!strcmp(kind, "patch") && argc == 4) return patch(argv);
  return 2;
}
