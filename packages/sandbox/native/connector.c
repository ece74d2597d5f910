// connector RECORDS_PER_SECOND BURST_RECORDS
//
// The fallback of events.c: the kernel's process connector (netlink) tells of forks, execs and exits,
// and the rest is read from /proc at once. What is gone by then is counted as lost. That a process
// changed its namespaces is concluded from looking again when it forks or executes: into one that
// another process is known to have is setns, else unshare.
#include <errno.h>
#include <fcntl.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "frames.h"
#include "native.h"
#include "describe.h"

#define BUCKETS 4096
#define SOCKET_BYTES (8 << 20)
#define FOLDER_BYTES 512

struct sandbox {
  __u64 cgroup, seq, lost, told_lost, allowed;
  char folder[FOLDER_BYTES];  // ends as /proc/PID/cgroup does
};
struct known {
  pid_t pid;
  struct sandbox *sandbox;
  bool described;
  struct event last;
  struct known *next;
};

static struct sandbox sandboxes[MAX_SANDBOXES];
static struct known *table[BUCKETS];
static __u64 interval_ns, burst_ns;
static const __u32 flags_of[NS_COUNT] = {CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUTS,
                                         CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWCGROUP, CLONE_NEWTIME};

static struct known **find(pid_t pid) {
  struct known **at = &table[pid % BUCKETS];
  while (*at && (*at)->pid != pid) at = &(*at)->next;
  return at;
}

static struct known *learn(pid_t pid, struct sandbox *sandbox) {
  struct known **at = find(pid);
  if (!*at) *at = calloc(1, sizeof **at);
  if (!*at) fail("remember", "process");
  (*at)->pid = pid;
  (*at)->sandbox = sandbox;
  return *at;
}

static void forget(pid_t pid) {
  struct known **at = find(pid), *gone = *at;
  if (!gone) return;
  *at = gone->next;
  free(gone);
}

// As in events.bpf.c.
static bool within_rate(struct sandbox *s, __u64 now) {
  __u64 due = s->allowed > now ? s->allowed : now;
  if (due - now > burst_ns) return false;
  s->allowed = due + interval_ns;
  return true;
}

static void send_event(struct known *known, struct text_event *e, enum frame_type type, __u64 time) {
  struct sandbox *s = known->sandbox;
  e->head.type = type;
  e->head.cgroup = s->cgroup;
  e->head.seq = s->seq++;
  e->head.time = time;
  if (!within_rate(s, time) || !frames_have_room()) {
    s->lost++;
    return;
  }
  frames_add_event(&e->head, (const char *[4]){e->text, e->text + ARGV_BYTES});
}

static void lose(struct sandbox *s) {
  s->seq++;
  s->lost++;
}

static __u32 changes(const struct event *before, const struct event *now) {
  __u32 flags = 0;
  for (int i = 0; i < NS_COUNT; i++)
    if (i != NS_PID && before->ns[i] != now->ns[i]) flags |= flags_of[i];
  // 0: unshared, and nobody was born there yet.
  if (before->pid_for_children != now->pid_for_children) flags |= CLONE_NEWPID;
  return flags;
}

static bool anybody_else_in(const struct known *self, const struct event *now, __u32 changed) {
  for (int bucket = 0; bucket < BUCKETS; bucket++)
    for (struct known *k = table[bucket]; k; k = k->next) {
      if (k == self || k->sandbox != self->sandbox || !k->described) continue;
      for (int i = 0; i < NS_COUNT; i++) {
        __u32 there = i == NS_PID ? now->pid_for_children : now->ns[i];
        if (changed & flags_of[i] && there == k->last.ns[i]) return true;
      }
    }
  return false;
}

// Looks at a process and tells of namespaces it changed since the last look.
static bool look(struct known *known, struct text_event *e, __u64 time) {
  memset(&e->head, 0, sizeof e->head);
  if (!describe_process(known->pid, &e->head)) return false;
  __u32 changed = known->described ? changes(&known->last, &e->head) : 0;
  if (changed) {
    bool entered = anybody_else_in(known, &e->head, changed);
    struct text_event told = {.head = e->head};
    told.head.asked = entered ? 0 : changed;
    told.head.changed = changed;
    send_event(known, &told, entered ? EVENT_SETNS : EVENT_UNSHARE, time);
  }
  known->last = e->head;
  known->described = true;
  return true;
}

static void on_fork(pid_t parent_pid, pid_t child_pid, __u64 time) {
  struct known *parent = *find(parent_pid);
  if (!parent) return;
  struct text_event e;
  look(parent, &e, time);
  struct known *child = learn(child_pid, parent->sandbox);
  if (!look(child, &e, time)) return lose(child->sandbox);
  // It was born with namespaces of its own or has made them already: which of both is not to be seen.
  if (parent->described && changes(&parent->last, &e.head) & ~CLONE_NEWPID) lose(child->sandbox);
  send_event(child, &e, EVENT_FORK, time);
}

static struct sandbox *sandbox_of(pid_t pid) {
  char folder[FOLDER_BYTES];
  if (!describe_cgroup(pid, folder, sizeof folder)) return NULL;
  for (int i = 0; i < MAX_SANDBOXES; i++) {
    struct sandbox *s = &sandboxes[i];
    if (!s->cgroup) continue;
    size_t length = strlen(s->folder);
    if (!strncmp(folder, s->folder, length) && (!folder[length] || folder[length] == '/')) return s;
  }
  return NULL;
}

static void on_exec(pid_t pid, __u64 time) {
  struct known *known = *find(pid);
  if (!known) {
    struct sandbox *sandbox = sandbox_of(pid);
    if (!sandbox) return;
    known = learn(pid, sandbox);
  }
  struct text_event e;
  if (!look(known, &e, time) || !describe_program(pid, &e)) return lose(known->sandbox);
  send_event(known, &e, EVENT_EXEC, time);
}

static void on_end(pid_t pid, __u32 status, __u64 time) {
  struct known *known = *find(pid);
  if (!known) return;
  if (known->described) {
    struct text_event e = {.head = known->last};
    e.head.result = status;
    send_event(known, &e, EVENT_EXIT, time);
  } else {
    lose(known->sandbox);
  }
  forget(pid);
}

static void handle(const struct proc_event *event, __s64 boot_offset) {
  __u64 time = event->timestamp_ns + boot_offset;
  if (event->what == PROC_EVENT_FORK) {
    if (event->event_data.fork.child_pid == event->event_data.fork.child_tgid)
      on_fork(event->event_data.fork.parent_tgid, event->event_data.fork.child_tgid, time);
  } else if (event->what == PROC_EVENT_EXEC) {
    on_exec(event->event_data.exec.process_tgid, time);
  } else if (event->what == PROC_EVENT_EXIT) {
    if (event->event_data.exit.process_pid == event->event_data.exit.process_tgid)
      on_end(event->event_data.exit.process_tgid, event->event_data.exit.exit_code, time);
  }
}

static void watch(__u64 cgroup, const char *folder) {
  for (int i = 0; i < MAX_SANDBOXES; i++) {
    struct sandbox *s = &sandboxes[i];
    if (s->cgroup) continue;
    *s = (struct sandbox){.cgroup = cgroup};
    char path[FOLDER_BYTES + 32], line[32];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    FILE *procs = fopen(path, "re");
    if (!procs) return;
    while (fgets(line, sizeof line, procs)) {
      struct text_event e;
      struct known *known = learn(atoi(line), s);
      look(known, &e, 0);
      if (!*s->folder) describe_cgroup(known->pid, s->folder, sizeof s->folder);
    }
    fclose(procs);
    frames_add(FRAME_UP, cgroup, 0);
    return;
  }
  errno = ENOSPC;
  fail("watch", "cgroup");
}

static void unwatch(__u64 cgroup) {
  for (int i = 0; i < MAX_SANDBOXES; i++) {
    if (sandboxes[i].cgroup != cgroup) continue;
    for (int bucket = 0; bucket < BUCKETS; bucket++)
      for (struct known **at = &table[bucket]; *at;) {
        if ((*at)->sandbox == &sandboxes[i]) forget((*at)->pid);
        else at = &(*at)->next;
      }
    sandboxes[i].cgroup = 0;
  }
}

static int subscribe(void) {
  int fd = socket(PF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC};
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) fail("bind", "process connector");
  int size = SOCKET_BYTES;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) fail("size", "process connector");
  struct __attribute__((packed)) {
    struct nlmsghdr head;
    struct cn_msg message;
    enum proc_cn_mcast_op operation;
  } request = {.head = {.nlmsg_len = sizeof request, .nlmsg_type = NLMSG_DONE},
               .message = {.id = {CN_IDX_PROC, CN_VAL_PROC}, .len = sizeof(enum proc_cn_mcast_op)},
               .operation = PROC_CN_MCAST_LISTEN};
  if (send(fd, &request, sizeof request, 0) < 0) fail("listen to", "process connector");
  return fd;
}

// @returns whether the kernel acknowledged that we listen.
static bool receive(int fd) {
  struct timespec boot, monotonic;
  clock_gettime(CLOCK_BOOTTIME, &boot);
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  __s64 offset = (boot.tv_sec - monotonic.tv_sec) * 1000000000LL + boot.tv_nsec - monotonic.tv_nsec;
  bool acknowledged = false;
  // A look may lead to two frames and fork looks at two processes.
  while (frames_have_room()) {
    char text[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
    struct sockaddr_nl from;
    socklen_t size = sizeof from;
    ssize_t n = recvfrom(fd, text, sizeof text, 0, (struct sockaddr *)&from, &size);
    if (n < 0 && errno == EINTR) continue;
    // The kernel dropped some, and does not say whose.
    if (n < 0 && errno == ENOBUFS) {
      for (int i = 0; i < MAX_SANDBOXES; i++)
        if (sandboxes[i].cgroup) lose(&sandboxes[i]);
      continue;
    }
    if (n < 0) break;
    // Anybody on the machine can send to a netlink socket; the kernel's port is 0.
    if (from.nl_pid) continue;
    const struct nlmsghdr *head = (void *)text;
    const struct cn_msg *message = NLMSG_DATA(head);
    if (!NLMSG_OK(head, (size_t)n) || message->id.idx != CN_IDX_PROC) continue;
    const struct proc_event *event = (void *)message->data;
    if (event->what == PROC_EVENT_NONE) acknowledged = event->event_data.ack.err == 0;
    handle(event, offset);
  }
  return acknowledged;
}

static void add_losses(void) {
  for (int i = 0; i < MAX_SANDBOXES && frames_have_room(); i++) {
    struct sandbox *s = &sandboxes[i];
    if (!s->cgroup || s->lost == s->told_lost) continue;
    frames_add(FRAME_LOST, s->cgroup, s->lost);
    s->told_lost = s->lost;
  }
}

int command_connector(int argc, char **argv) {
  if (argc != 3) return 64;
  __u64 rate = strtoull(argv[1], NULL, 10), burst = strtoull(argv[2], NULL, 10);
  if (!rate || !burst) return 64;
  interval_ns = 1000000000ULL / rate;
  burst_ns = burst * interval_ns;
  frames_open();
  describe_open();
  int fd = subscribe();
  become_observer();
  bool ready = false;
  for (;;) {
    bool commands, events = frames_wait(fd, &commands);
    if (frames_pending()) {
      frames_flush();
      continue;
    }
    if (events && receive(fd) && !ready) {
      ready = true;
      frames_add(FRAME_READY, 0, 0);
    }
    if (commands && !commands_read(watch, unwatch)) return 0;
    add_losses();
    frames_beat();
    frames_flush();
  }
}
