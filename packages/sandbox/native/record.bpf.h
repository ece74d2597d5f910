// How a kernel program comes to a record: whose it is, whether there is room for it, and who did it.
#pragma once
#include "kernel.bpf.h"
#include "events.h"

#define MAX_CGROUP_DEPTH 16

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, MAX_SANDBOXES);
  __type(key, __u64);
  __type(value, __u32);
} sandboxes SEC(".maps");  // cgroup id -> index of its slot

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, MAX_SANDBOXES);
  __type(key, __u32);
  __type(value, struct slot);
} slots SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct settings);
} settings SEC(".maps");

// The loader sets its size.
struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} ring SEC(".maps");

static __always_inline struct settings *the_settings(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&settings, &zero);
}

// The sandbox of the current process. A cgroup that a learner makes lies below the sandbox's own.
static __always_inline struct slot *current_sandbox(void) {
  for (int level = 1; level <= MAX_CGROUP_DEPTH; level++) {
    __u64 id = bpf_get_current_ancestor_cgroup_id(level);
    if (!id) return NULL;
    __u32 *index = bpf_map_lookup_elem(&sandboxes, &id);
    if (index) return bpf_map_lookup_elem(&slots, index);
  }
  return NULL;
}

static __always_inline __u32 user_namespace_of(struct task_struct *task) {
  return BPF_CORE_READ(task, real_cred, user_ns, ns.inum);
}

// A process of the host on its way in: it has joined the cgroup and not entered yet.
static __always_inline bool is_of_host(struct task_struct *task) {
  struct settings *s = the_settings();
  return !s || user_namespace_of(task) == s->user_ns;
}

static __always_inline struct upid *numbers_of(struct pid *pid) {
  return (void *)pid + bpf_core_field_offset(struct pid, numbers);
}

static __always_inline __u32 number_at(struct pid *pid, __u32 level) {
  struct upid *upid = (void *)numbers_of(pid) + level * bpf_core_type_size(struct upid);
  return level > BPF_CORE_READ(pid, level) ? 0 : BPF_CORE_READ(upid, nr);
}

static __always_inline void read_namespaces(struct task_struct *task, __u32 *ns, __u32 *pid_for_children) {
  struct nsproxy *proxy = BPF_CORE_READ(task, nsproxy);
  struct pid *pid = BPF_CORE_READ(task, thread_pid);
  struct upid *innermost = (void *)numbers_of(pid) + BPF_CORE_READ(pid, level) * bpf_core_type_size(struct upid);
  ns[NS_PID] = BPF_CORE_READ(innermost, ns, ns.inum);
  ns[NS_MNT] = BPF_CORE_READ(proxy, mnt_ns, ns.inum);
  ns[NS_NET] = BPF_CORE_READ(proxy, net_ns, ns.inum);
  ns[NS_UTS] = BPF_CORE_READ(proxy, uts_ns, ns.inum);
  ns[NS_IPC] = BPF_CORE_READ(proxy, ipc_ns, ns.inum);
  ns[NS_USER] = user_namespace_of(task);
  ns[NS_CGROUP] = BPF_CORE_READ(proxy, cgroup_ns, ns.inum);
  ns[NS_TIME] = 0;
  if (bpf_core_field_exists(proxy->time_ns)) ns[NS_TIME] = BPF_CORE_READ(proxy, time_ns, ns.inum);
  *pid_for_children = BPF_CORE_READ(proxy, pid_ns_for_children, ns.inum);
}

static __always_inline void describe(struct event *e, struct task_struct *task) {
  struct settings *s = the_settings();
  struct task_struct *leader = BPF_CORE_READ(task, group_leader);
  struct pid *pid = BPF_CORE_READ(leader, thread_pid);
  __u32 host = s ? s->pid_level : 0;
  e->pid = number_at(pid, host);
  e->parent = number_at(BPF_CORE_READ(task, real_parent, group_leader, thread_pid), host);
  for (__u32 i = 0; i < PID_LEVELS; i++) {
    __u32 number = number_at(pid, host + 1 + i);
    if (!number) break;
    e->pids[i] = number;
    e->pid_count = i + 1;
  }
  e->uid = BPF_CORE_READ(task, real_cred, uid.val);
  e->tty = BPF_CORE_READ(task, signal, tty) != NULL;
  read_namespaces(task, e->ns, &e->pid_for_children);
}

// The generic cell rate algorithm (ITU-T I.371): `allowed` is when the next record would be due. Two
// processors may overwrite each other's step, which lets a record more pass and harms nothing.
static __always_inline bool within_rate(struct slot *slot, __u64 now) {
  struct settings *s = the_settings();
  if (!s) return false;
  __u64 due = slot->allowed > now ? slot->allowed : now;
  if (due - now > s->burst) return false;
  slot->allowed = due + s->interval;
  return true;
}

// A record of `size` bytes with its head filled in; NULL when it was counted as lost.
static __always_inline void *begin(struct slot *slot, struct task_struct *task, enum frame_type type, __u64 size) {
  __u64 now = bpf_ktime_get_boot_ns();
  __u64 seq = __sync_fetch_and_add(&slot->seq, 1);
  struct event *e = within_rate(slot, now) ? bpf_ringbuf_reserve(&ring, size, 0) : NULL;
  if (!e) {
    __sync_fetch_and_add(&slot->lost, 1);
    return NULL;
  }
  // The ring's memory is used again and again.
  __builtin_memset(e, 0, sizeof *e);
  e->type = type;
  e->cgroup = slot->cgroup;
  e->seq = seq;
  e->time = now;
  describe(e, task);
  return e;
}

static __always_inline struct task_struct *current_task(void) {
  return (struct task_struct *)bpf_get_current_task();
}

static __always_inline __u32 current_thread(void) {
  return bpf_get_current_pid_tgid();
}
