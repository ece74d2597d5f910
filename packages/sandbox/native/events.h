// What the kernel programs (events.bpf.c), their loader (events.c) and the reader (src/events/frames.ts)
// share. The loader's output is a row of frames; integers are little-endian, and each frame begins with
// its own length. Lengths come from the kernel and the loader alone, so no text can end a frame early.
#pragma once
#include <linux/types.h>

// As many as there are uid ranges (src/uid-ranges.ts).
#define MAX_SANDBOXES 4096
#define PID_LEVELS 8
#define ARGV_BYTES 512
#define FILE_BYTES 256
#define PATH_BYTES 128
#define TEXT_BYTES (ARGV_BYTES + FILE_BYTES)

enum namespace_index { NS_PID, NS_MNT, NS_NET, NS_UTS, NS_IPC, NS_USER, NS_CGROUP, NS_TIME, NS_COUNT };

enum frame_type {
  EVENT_FORK = 1,
  EVENT_EXEC,
  EVENT_EXIT,
  EVENT_UNSHARE,
  EVENT_CLONE,
  EVENT_SETNS,
  EVENT_SETHOSTNAME,
  EVENT_MOUNT,
  EVENT_UMOUNT,
  FRAME_READY = 100,  // everything is attached
  FRAME_UP,           // `cgroup` is watched from here on
  FRAME_LOST,         // `seq` records of `cgroup` were lost since it is watched
  FRAME_BEAT,         // once a second
};

struct event {
  __u32 length;  // of the frame, texts included
  __u16 type;
  __u8 pid_count, tty;
  __u64 cgroup;  // id of the watched cgroup
  __u64 seq;
  __u64 time;  // CLOCK_BOOTTIME in the kernel, since the epoch in a frame; nanoseconds
  __u32 pid, parent, uid, pid_for_children;
  __u32 ns[NS_COUNT];
  __u32 pids[PID_LEVELS];
  __u32 asked, changed;  // CLONE_NEW*
  __s32 result;          // errno, or the wait status of an exit
  __u32 cut;
  __u64 inode, size, ctime_us;  // of an executable; the last in microseconds since the epoch
  __u16 text[4];  // lengths of the texts that follow
};

struct text_event {
  struct event head;
  char text[TEXT_BYTES];  // exec: argv, file; mount: source, target, type; others: one
};

// The state of one watched sandbox, in memory that the loader has mapped.
struct slot {
  __u64 cgroup;
  __u64 seq;      // of the next record
  __u64 lost;     // records that were counted in `seq` and dropped
  __u64 allowed;  // the rate limit's theoretical arrival time
  __u64 unused[4];
};

struct settings {
  __u64 interval;  // ns between two records that a sandbox may send for ever
  __u64 burst;     // ns of such intervals it may be ahead
  __u32 pid_level, user_ns;  // of the loader, whose view of pids is the host's
};
