// tatami-events OBJECT RECORDS_PER_SECOND BURST_RECORDS RING_BYTES
//
// Loads the kernel programs of OBJECT (events.bpf.c), gives up every privilege and passes their records
// on (frames.h). Of each watched cgroup it sends "lost" whenever that count has grown. Ends when its
// input does; the kernel then removes programs and maps, for nothing else holds them.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>
#include "frames.h"

// Between two looks at the ring: under load one wake-up and one write serve all records of this while.
#define PAUSE_MS 10

static struct slot *slots;
static __u64 told_lost[MAX_SANDBOXES];
static __u32 used_slots, next_slot;
static int sandboxes;
static struct ring_buffer *ring;

static int map_fd(struct bpf_object *object, const char *name) {
  int fd = bpf_object__find_map_fd_by_name(object, name);
  if (fd < 0) fail("find map", name);
  return fd;
}

static int on_record(void *context, void *data, size_t size) {
  (void)context;
  const struct text_event *e = data;
  const char *texts[4] = {0};
  size_t stride = e->head.type == EVENT_EXEC ? ARGV_BYTES : PATH_BYTES;
  if (size >= sizeof *e)
    for (int i = 0; i < 3; i++) texts[i] = e->text + (i * stride < TEXT_BYTES ? i * stride : 0);
  frames_add_event(&e->head, texts);
  return frames_have_room() ? 0 : -ENOSPC;
}

static void drain(void) {
  // It hands one record over even where none fits.
  if (frames_have_room()) ring_buffer__consume(ring);
}

static void add_losses(void) {
  for (__u32 i = 0; i < used_slots && frames_have_room(); i++) {
    __u64 lost = __atomic_load_n(&slots[i].lost, __ATOMIC_RELAXED);
    if (!slots[i].cgroup || lost == told_lost[i]) continue;
    frames_add(FRAME_LOST, slots[i].cgroup, lost);
    told_lost[i] = lost;
  }
}

// A slot is used again as late as can be: a program that still runs may hold the last sandbox's.
static void watch(__u64 cgroup, const char *folder) {
  (void)folder;
  drain();
  for (int tries = 0; tries < MAX_SANDBOXES; tries++) {
    __u32 i = next_slot++ % MAX_SANDBOXES;
    if (slots[i].cgroup) continue;
    slots[i] = (struct slot){.cgroup = cgroup};
    told_lost[i] = 0;
    if (i >= used_slots) used_slots = i + 1;
    if (bpf_map_update_elem(sandboxes, &cgroup, &i, BPF_NOEXIST)) fail("watch", "cgroup");
    frames_add(FRAME_UP, cgroup, 0);
    return;
  }
  errno = ENOSPC;
  fail("watch", "cgroup");
}

static void unwatch(__u64 cgroup) {
  __u32 i;
  if (bpf_map_lookup_elem(sandboxes, &cgroup, &i)) return;
  bpf_map_delete_elem(sandboxes, &cgroup);
  slots[i].cgroup = 0;
}

static void configure(struct bpf_object *object, char **argv) {
  __u64 rate = strtoull(argv[2], NULL, 10), burst = strtoull(argv[3], NULL, 10);
  if (!rate || !burst) errno = EINVAL, fail("read", "arguments");
  struct settings s = {.interval = 1000000000ULL / rate, .burst = burst * (1000000000ULL / rate)};
  __u32 zero = 0;
  if (bpf_map_update_elem(map_fd(object, "settings"), &zero, &s, BPF_ANY)) fail("write", "settings");
  LIBBPF_OPTS(bpf_test_run_opts, run);
  struct bpf_program *learn = bpf_object__find_program_by_name(object, "learn_loader");
  if (!learn || bpf_prog_test_run_opts(bpf_program__fd(learn), &run) || run.retval) fail("run", "learn_loader");
}

// Tracepoints of system calls have their numbers in tracefs, which need not be mounted, and shall not be
// for the rest of the machine: in a mount namespace of our own, left again so that it holds no mount.
static void attach(struct bpf_object *object) {
  int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (home < 0 || unshare(CLONE_NEWNS)) fail("unshare", "mount namespace");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) fail("make private", "/");
  if (access("/sys/kernel/tracing/events/syscalls", F_OK) && mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL))
    fail("mount tracefs on", "/sys/kernel/tracing");
  struct bpf_program *program;
  bpf_object__for_each_program(program, object) {
    if (bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL) continue;
    if (!bpf_program__attach(program)) fail("attach", bpf_program__name(program));
  }
  if (setns(home, CLONE_NEWNS)) fail("setns", "own mount namespace");
  close(home);
}

static void load(char **argv) {
  libbpf_set_print(NULL);
  struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
  if (!object) fail("open", argv[1]);
  struct bpf_map *buffer = bpf_object__find_map_by_name(object, "ring");
  if (!buffer || bpf_map__set_max_entries(buffer, strtoul(argv[4], NULL, 10))) fail("size", "ring");
  if (bpf_object__load(object)) fail("load", "the kernel programs");
  configure(object, argv);
  sandboxes = map_fd(object, "sandboxes");
  slots = mmap(NULL, sizeof *slots * MAX_SANDBOXES, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd(object, "slots"), 0);
  if (slots == MAP_FAILED) fail("map", "slots");
  ring = ring_buffer__new(map_fd(object, "ring"), on_record, NULL, NULL);
  if (!ring) fail("map", "ring");
  attach(object);
  malloc_trim(0);
}

int main(int argc, char **argv) {
  if (argc != 5) errno = EINVAL, fail("read", "arguments");
  load(argv);
  become_nobody();
  frames_open();
  frames_add(FRAME_READY, 0, 0);
  frames_flush();
  for (;;) {
    bool commands, records = frames_wait(ring_buffer__epoll_fd(ring), &commands);
    if (frames_pending()) {
      frames_flush();
      continue;
    }
    if (commands && !commands_read(watch, unwatch)) return 0;
    if (records) drain();
    add_losses();
    frames_beat();
    if (frames_flush() && records) nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000}, NULL);
  }
}
