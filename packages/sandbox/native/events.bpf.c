// The event stream's half in the kernel: what the processes of watched cgroups do, as struct event.
// Built with clang and loaded by events.c.
#include <linux/sched.h>
#include "record.bpf.h"

#define NEW_NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

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

// The highest bit of the nanoseconds tells since Linux 6.13 that somebody has looked.
static __always_inline __u64 ctime_us(struct inode *inode) {
  struct inode___6_10 *older = (void *)inode;
  struct inode___6_5 *oldest = (void *)inode;
  if (bpf_core_field_exists(inode->i_ctime_sec))
    return BPF_CORE_READ(inode, i_ctime_sec) * 1000000 + (BPF_CORE_READ(inode, i_ctime_nsec) & 0x7fffffff) / 1000;
  if (bpf_core_field_exists(older->__i_ctime))
    return BPF_CORE_READ(older, __i_ctime.tv_sec) * 1000000 + (__u64)BPF_CORE_READ(older, __i_ctime.tv_nsec) / 1000;
  return BPF_CORE_READ(oldest, i_ctime.tv_sec) * 1000000 + (__u64)BPF_CORE_READ(oldest, i_ctime.tv_nsec) / 1000;
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
  e->head.ctime_us = ctime_us(inode);
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
