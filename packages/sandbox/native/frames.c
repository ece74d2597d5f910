#include "frames.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 65534
#define BEAT_MS 1000

static char out[OUT_BYTES];
static size_t out_start, out_end;
static int64_t epoch_offset, next_beat;

void fail(const char *operation, const char *target) {
  fprintf(stderr, "%s %s: %s\n", operation, target, strerror(errno));
  exit(1);
}

static int64_t clock_ns(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void read_clocks(void) {
  epoch_offset = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
}

void frames_open(void) {
  for (int fd = 0; fd < 2; fd++) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  read_clocks();
}

bool frames_pending(void) {
  return out_start < out_end;
}

bool frames_have_room(void) {
  return OUT_BYTES - CONTROL_BYTES - out_end >= sizeof(struct text_event);
}

static void append(const void *bytes, size_t size) {
  memcpy(out + out_end, bytes, size);
  out_end += size;
}

void frames_add_event(const struct event *e, const char *const texts[4]) {
  struct event head = *e;
  head.length = sizeof head;
  for (int i = 0; i < 4; i++) head.length += head.text[i];
  head.time += epoch_offset;
  append(&head, sizeof head);
  for (int i = 0; i < 4; i++)
    if (head.text[i]) append(texts[i], head.text[i]);
}

void frames_add(enum frame_type type, __u64 cgroup, __u64 count) {
  struct event e = {.type = type, .cgroup = cgroup, .seq = count, .time = clock_ns(CLOCK_BOOTTIME)};
  if (OUT_BYTES - out_end < sizeof e) errno = ENOBUFS, fail("add", "frame");
  frames_add_event(&e, NULL);
}

bool frames_flush(void) {
  while (out_start < out_end) {
    ssize_t n = write(STDOUT_FILENO, out + out_start, out_end - out_start);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return false;
    // The reader is gone, and with it the reason to be here.
    if (n < 0) exit(0);
    out_start += n;
  }
  out_start = out_end = 0;
  return true;
}

bool commands_read(void (*watch)(__u64, const char *), void (*unwatch)(__u64)) {
  static char text[COMMAND_BYTES];
  static size_t length;
  ssize_t n = read(STDIN_FILENO, text + length, sizeof text - 1 - length);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) return false;
  length += n;
  text[length] = 0;
  char *line = text, *end;
  for (; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    char *rest;
    __u64 cgroup = strtoull(line + 1, &rest, 10);
    if (*line == '+') watch(cgroup, *rest ? rest + 1 : "");
    if (*line == '-') unwatch(cgroup);
  }
  length = text + length - line;
  memmove(text, line, length);
  return true;
}

bool frames_wait(int fd, bool *commands) {
  int64_t left = (next_beat - clock_ns(CLOCK_MONOTONIC)) / 1000000;
  bool pending = frames_pending();
  struct pollfd fds[] = {
      {.fd = pending ? -1 : STDIN_FILENO, .events = POLLIN},
      {.fd = pending ? -1 : fd, .events = POLLIN},
      // Its error tells that the reader is gone.
      {.fd = STDOUT_FILENO, .events = pending ? POLLOUT : 0},
  };
  int ready = poll(fds, 3, pending ? -1 : left < 0 ? 0 : (int)left);
  if (ready < 0) {
    *commands = false;
    return false;
  }
  if (fds[2].revents & (POLLERR | POLLHUP)) exit(0);
  *commands = fds[0].revents != 0;
  return fds[1].revents != 0;
}

bool frames_beat(void) {
  int64_t now = clock_ns(CLOCK_MONOTONIC);
  if (now < next_beat) return false;
  next_beat = now + BEAT_MS * 1000000LL;
  // The machine's clock can have been set meanwhile.
  read_clocks();
  frames_add(FRAME_BEAT, 0, 0);
  return true;
}

static void become(uint32_t capabilities) {
  prctl(PR_SET_KEEPCAPS, capabilities != 0);
  if (chdir("/") || setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
    fail("become", "nobody");
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {{.effective = capabilities, .permitted = capabilities}};
  if (syscall(SYS_capset, &header, data)) fail("capset", "own process");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0)) fail("give up", "privileges");
}

void become_nobody(void) {
  become(0);
}

void become_observer(void) {
  become(1U << CAP_SYS_PTRACE | 1U << CAP_DAC_READ_SEARCH);
}
