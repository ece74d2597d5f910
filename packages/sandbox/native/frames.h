// The outgoing half of both event programs: a bounded buffer of frames (events.h) to standard output,
// and the list of cgroups to watch from standard input.
#pragma once
#include <stdbool.h>
#include "events.h"

// So small that no more commands are read at once than there can be sandboxes: the shortest is "+1\n".
#define COMMAND_BYTES (3 * MAX_SANDBOXES)
// Kept back for what is told once and never again: an answer to each of these commands, "ready" and a beat.
#define CONTROL_BYTES ((MAX_SANDBOXES + 2) * sizeof(struct event))
// One write of a busy moment. What does not fit waits in the kernel, which counts what it drops.
#define OUT_BYTES ((1 << 20) + CONTROL_BYTES)

void frames_open(void);
// Whether the largest record still fits beside what is kept back. To be asked before each.
bool frames_have_room(void);
// `e` with its texts, which lie `stride` bytes apart; sets its length and turns its time into the epoch's.
void frames_add_event(const struct event *e, const char *const texts[4]);
// A frame that is no record: it always fits.
void frames_add(enum frame_type type, __u64 cgroup, __u64 count);
// Writes what it can without blocking. @returns whether nothing is left to write.
bool frames_flush(void);
bool frames_pending(void);

// Calls back for each "+<cgroup id>[ <folder>]" and "-<cgroup id>" line. @returns false when the input ended.
bool commands_read(void (*watch)(__u64 cgroup, const char *folder), void (*unwatch)(__u64 cgroup));

// Waits for commands, for `fd` and, while frames wait, for the reader to take them; at most until the
// next beat. @returns whether `fd` is readable; *commands tells of standard input.
bool frames_wait(int fd, bool *commands);
// Adds a beat once a second. @returns whether it did.
bool frames_beat(void);

// Gives up every privilege; what is open stays usable.
void become_nobody(void);
// The same, but for what reading other users' /proc takes.
void become_observer(void);
void fail(const char *operation, const char *target) __attribute__((noreturn));
