// The event stream's half in the kernel: what the processes of watched cgroups do, as struct event.
// Built with clang and loaded by events.c. Only what the programs read is declared of the kernel's
// structures; libbpf finds the fields in the running kernel's type information (CO-RE).
#include <linux/bpf.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "events.h"

#define KERNEL __attribute__((preserve_access_index))
#define SIGNAL_GROUP_EXIT 4
#define MAX_CGROUP_DEPTH 16
#define NEW_NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

struct ns_common { unsigned int inum; } KERNEL;
struct new_utsname { char nodename[65]; } KERNEL;
struct uts_namespace { struct new_utsname name; struct ns_common ns; } KERNEL;
struct ipc_namespace { struct ns_common ns; } KERNEL;
struct mnt_namespace { struct ns_common ns; } KERNEL;
struct pid_namespace { struct ns_common ns; } KERNEL;
struct net { struct ns_common ns; } KERNEL;
struct time_namespace { struct ns_common ns; } KERNEL;
struct cgroup_namespace { struct ns_common ns; } KERNEL;
struct user_namespace { struct ns_common ns; } KERNEL;
struct nsproxy {
  struct uts_namespace *uts_ns;
  struct ipc_namespace *ipc_ns;
  struct mnt_namespace *mnt_ns;
  struct pid_namespace *pid_ns_for_children;
  struct net *net_ns;
  struct time_namespace *time_ns;
  struct cgroup_namespace *cgroup_ns;
} KERNEL;
struct upid { int nr; struct pid_namespace *ns; } KERNEL;
struct pid { unsigned int level; struct upid numbers[1]; } KERNEL;
typedef struct { unsigned int val; } kuid_t;
struct cred { kuid_t uid; struct user_namespace *user_ns; } KERNEL;
struct atomic { int counter; };
struct signal_struct {
  struct atomic live;
  int group_exit_code;
  unsigned int flags;
  struct tty_struct *tty;
} KERNEL;
struct mm_struct { unsigned long arg_start, arg_end; } KERNEL;
struct task_struct {
  int pid, tgid, exit_code;
  __u64 start_boottime;
  struct task_struct *real_parent, *group_leader;
  struct mm_struct *mm;
  struct pid *thread_pid;
  const struct cred *real_cred;
  struct nsproxy *nsproxy;
  struct signal_struct *signal;
} KERNEL;
struct inode { unsigned long i_ino; long long i_size; } KERNEL;
struct file { struct inode *f_inode; } KERNEL;
struct linux_binprm { struct file *file; const char *filename; } KERNEL;

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

// A system call on its way, by thread. LRU: what a killed thread left goes by itself.
struct call {
  __u32 flags;
  __u32 ns[NS_COUNT];
  __u32 pid_for_children;
  unsigned long texts[3];
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, __u32);
  __type(value, struct call);
} calls SEC(".maps");

// Processes that were told to have ended: two last threads may both find none alive.
struct process { __u64 start, tgid; };
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 8192);
  __type(key, struct process);
  __type(value, __u8);
} ended SEC(".maps");

// The arguments of the system call tracepoints, /sys/kernel/tracing/events/syscalls/*/format.
struct enter { __u64 common; long number; unsigned long args[6]; };
struct leave { __u64 common; long number; long result; };

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

// Run by the loader itself, once.
SEC("syscall")
int learn_loader(void *context) {
  struct settings *s = the_settings();
  if (!s) return 1;
  s->pid_level = BPF_CORE_READ(current_task(), thread_pid, level);
  s->user_ns = user_namespace_of(current_task());
  return 0;
}

// (parent, child); the current process is the parent.
SEC("raw_tp/sched_process_fork")
int on_fork(struct bpf_raw_tracepoint_args *context) {
  struct slot *slot = current_sandbox();
  struct task_struct *child = (void *)context->args[1];
  if (!slot || is_of_host(child)) return 0;
  __u32 thread = current_thread();
  struct call *call = bpf_map_lookup_elem(&calls, &thread);
  if (call) {
    struct event *e = begin(slot, current_task(), EVENT_CLONE, sizeof *e);
    if (e) {
      e->asked = call->flags;
      bpf_ringbuf_submit(e, 0);
    }
  }
  if (BPF_CORE_READ(child, pid) != BPF_CORE_READ(child, tgid)) return 0;
  struct event *e = begin(slot, child, EVENT_FORK, sizeof *e);
  if (e) bpf_ringbuf_submit(e, 0);
  return 0;
}

// (task, old pid, bprm); the new memory is in place and nothing of the program has run.
SEC("raw_tp/sched_process_exec")
int on_exec(struct bpf_raw_tracepoint_args *context) {
  struct slot *slot = current_sandbox();
  struct task_struct *task = current_task();
  if (!slot || is_of_host(task)) return 0;
  struct text_event *e = begin(slot, task, EVENT_EXEC, sizeof *e);
  if (!e) return 0;
  struct linux_binprm *bprm = (void *)context->args[2];
  struct inode *inode = BPF_CORE_READ(bprm, file, f_inode);
  e->head.inode = BPF_CORE_READ(inode, i_ino);
  e->head.size = BPF_CORE_READ(inode, i_size);
  unsigned long start = BPF_CORE_READ(task, mm, arg_start);
  __u64 length = BPF_CORE_READ(task, mm, arg_end) - start;
  if (length > ARGV_BYTES) {
    length = ARGV_BYTES;
    e->head.cut = 1;
  }
  if (bpf_probe_read_user(e->text, length, (void *)start)) {
    length = 0;
    e->head.cut = 1;
  }
  e->head.text[0] = length;
  long name = bpf_probe_read_kernel_str(e->text + ARGV_BYTES, FILE_BYTES, BPF_CORE_READ(bprm, filename));
  e->head.text[1] = name > 0 ? name - 1 : 0;
  bpf_ringbuf_submit(e, 0);
  return 0;
}

SEC("raw_tp/sched_process_exit")
int on_exit(struct bpf_raw_tracepoint_args *context) {
  struct slot *slot = current_sandbox();
  struct task_struct *task = current_task();
  if (!slot || is_of_host(task) || BPF_CORE_READ(task, signal, live.counter)) return 0;
  struct process process = {BPF_CORE_READ(task, group_leader, start_boottime), BPF_CORE_READ(task, tgid)};
  __u8 one = 1;
  if (bpf_map_update_elem(&ended, &process, &one, BPF_NOEXIST)) return 0;
  struct event *e = begin(slot, task, EVENT_EXIT, sizeof *e);
  if (!e) return 0;
  // As wait(2) will tell it.
  bool group = BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT;
  e->result = group ? BPF_CORE_READ(task, signal, group_exit_code) : BPF_CORE_READ(task, group_leader, exit_code);
  bpf_ringbuf_submit(e, 0);
  return 0;
}

static __always_inline int remember(__u32 flags) {
  struct task_struct *task = current_task();
  if (!current_sandbox() || is_of_host(task)) return 0;
  __u32 thread = current_thread();
  struct call call = {.flags = flags};
  read_namespaces(task, call.ns, &call.pid_for_children);
  bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
  return 0;
}

static __always_inline __u32 changes(struct call *before, struct event *now) {
  return (before->pid_for_children != now->pid_for_children ? CLONE_NEWPID : 0) |
         (before->ns[NS_MNT] != now->ns[NS_MNT] ? CLONE_NEWNS : 0) |
         (before->ns[NS_NET] != now->ns[NS_NET] ? CLONE_NEWNET : 0) |
         (before->ns[NS_UTS] != now->ns[NS_UTS] ? CLONE_NEWUTS : 0) |
         (before->ns[NS_IPC] != now->ns[NS_IPC] ? CLONE_NEWIPC : 0) |
         (before->ns[NS_USER] != now->ns[NS_USER] ? CLONE_NEWUSER : 0) |
         (before->ns[NS_CGROUP] != now->ns[NS_CGROUP] ? CLONE_NEWCGROUP : 0) |
         (before->ns[NS_TIME] != now->ns[NS_TIME] ? CLONE_NEWTIME : 0);
}

// The end of a call that `remember` saw begin. A setns by which the host's process entered is none.
static __always_inline int report(enum frame_type type, long result) {
  __u32 thread = current_thread();
  struct call *call = bpf_map_lookup_elem(&calls, &thread);
  if (!call) return 0;
  struct slot *slot = current_sandbox();
  struct event *e = slot ? begin(slot, current_task(), type, sizeof *e) : NULL;
  if (e) {
    e->asked = call->flags;
    e->changed = changes(call, e);
    e->result = result < 0 ? -result : 0;
    bpf_ringbuf_submit(e, 0);
  }
  bpf_map_delete_elem(&calls, &thread);
  return 0;
}

SEC("tp/syscalls/sys_enter_unshare")
int unshare_begins(struct enter *context) {
  __u32 flags = context->args[0] & (NEW_NAMESPACES | CLONE_NEWTIME);
  return flags ? remember(flags) : 0;
}
SEC("tp/syscalls/sys_exit_unshare")
int unshare_ends(struct leave *context) {
  return report(EVENT_UNSHARE, context->result);
}

SEC("tp/syscalls/sys_enter_setns")
int setns_begins(struct enter *context) {
  return remember(context->args[1] & (NEW_NAMESPACES | CLONE_NEWTIME));
}
SEC("tp/syscalls/sys_exit_setns")
int setns_ends(struct leave *context) {
  return report(EVENT_SETNS, context->result);
}

// clone(2) keeps a signal where clone3(2) and unshare(2) have CLONE_NEWTIME.
SEC("tp/syscalls/sys_enter_clone")
int clone_begins(struct enter *context) {
  __u32 flags = context->args[0] & NEW_NAMESPACES;
  return flags ? remember(flags) : 0;
}
SEC("tp/syscalls/sys_enter_clone3")
int clone3_begins(struct enter *context) {
  __u64 flags = 0;  // the first field of struct clone_args
  bpf_probe_read_user(&flags, sizeof flags, (void *)context->args[0]);
  flags &= NEW_NAMESPACES | CLONE_NEWTIME;
  return flags ? remember(flags) : 0;
}
static __always_inline int forget(void) {
  __u32 thread = current_thread();
  bpf_map_delete_elem(&calls, &thread);
  return 0;
}
SEC("tp/syscalls/sys_exit_clone")
int clone_ends(struct leave *context) {
  return forget();
}
SEC("tp/syscalls/sys_exit_clone3")
int clone3_ends(struct leave *context) {
  return forget();
}

SEC("tp/syscalls/sys_exit_sethostname")
int sethostname_ends(struct leave *context) {
  struct slot *slot = current_sandbox();
  struct task_struct *task = current_task();
  if (context->result || !slot || is_of_host(task)) return 0;
  struct text_event *e = begin(slot, task, EVENT_SETHOSTNAME, sizeof *e);
  if (!e) return 0;
  struct uts_namespace *uts = BPF_CORE_READ(task, nsproxy, uts_ns);
  long length = bpf_probe_read_kernel_str(e->text, 65, uts->name.nodename);
  e->head.text[0] = length > 0 ? length - 1 : 0;
  bpf_ringbuf_submit(e, 0);
  return 0;
}

static __always_inline int remember_texts(unsigned long first, unsigned long second, unsigned long third) {
  if (!current_sandbox() || is_of_host(current_task())) return 0;
  __u32 thread = current_thread();
  struct call call = {.texts = {first, second, third}};
  bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
  return 0;
}

// Read when the call ends, since its memory is paged in by then. Another thread can have changed it
// meanwhile: what is mounted is for mountinfo to say.
static __always_inline int report_texts(enum frame_type type, long result) {
  __u32 thread = current_thread();
  struct call *call = bpf_map_lookup_elem(&calls, &thread);
  if (!call) return 0;
  struct slot *slot = current_sandbox();
  struct text_event *e = slot ? begin(slot, current_task(), type, sizeof *e) : NULL;
  if (e) {
    e->head.result = result < 0 ? -result : 0;
    for (int i = 0; i < 3; i++) {
      long length = bpf_probe_read_user_str(e->text + i * PATH_BYTES, PATH_BYTES, (void *)call->texts[i]);
      e->head.text[i] = length > 0 ? length - 1 : 0;
    }
    bpf_ringbuf_submit(e, 0);
  }
  bpf_map_delete_elem(&calls, &thread);
  return 0;
}

// (source, target, type, ...)
SEC("tp/syscalls/sys_enter_mount")
int mount_begins(struct enter *context) {
  return remember_texts(context->args[0], context->args[1], context->args[2]);
}
SEC("tp/syscalls/sys_exit_mount")
int mount_ends(struct leave *context) {
  return report_texts(EVENT_MOUNT, context->result);
}

// (from folder, from path, to folder, to path, ...): how util-linux 2.39 and later mounts.
SEC("tp/syscalls/sys_enter_move_mount")
int move_mount_begins(struct enter *context) {
  return remember_texts(context->args[1], context->args[3], 0);
}
SEC("tp/syscalls/sys_exit_move_mount")
int move_mount_ends(struct leave *context) {
  return report_texts(EVENT_MOUNT, context->result);
}

// umount2(2): the kernel's own name for it has no 2.
SEC("tp/syscalls/sys_enter_umount")
int umount_begins(struct enter *context) {
  return remember_texts(context->args[0], 0, 0);
}
SEC("tp/syscalls/sys_exit_umount")
int umount_ends(struct leave *context) {
  return report_texts(EVENT_UMOUNT, context->result);
}

// The kernel lends its memory to programs under its own licence: this file may be used under
// GPL-2.0-only as well as under Apache-2.0.
char LICENSE[] SEC("license") = "GPL and additional rights";
