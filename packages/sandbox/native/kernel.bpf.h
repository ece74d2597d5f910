// What the kernel programs read of the kernel's structures. libbpf finds each field in the running
// kernel's type information (CO-RE), so order and size here do not matter.
#pragma once
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define KERNEL __attribute__((preserve_access_index))
#define SIGNAL_GROUP_EXIT 4

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
struct timespec64 { long long tv_sec; long tv_nsec; } KERNEL;
struct inode {
  unsigned long i_ino;
  long long i_size, i_ctime_sec;
  __u32 i_ctime_nsec;
} KERNEL;
// The same before Linux 6.11, and before 6.6.
struct inode___6_10 { struct timespec64 __i_ctime; } KERNEL;
struct inode___6_5 { struct timespec64 i_ctime; } KERNEL;
struct file { struct inode *f_inode; } KERNEL;
struct linux_binprm { struct file *file; const char *filename; } KERNEL;

// The arguments of the system call tracepoints, /sys/kernel/tracing/events/syscalls/*/format.
struct enter { __u64 common; long number; unsigned long args[6]; };
struct leave { __u64 common; long number; long result; };
