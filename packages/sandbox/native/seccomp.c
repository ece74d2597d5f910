// The deny list for everything that runs inside a sandbox (seccomp(2), classic BPF). A deny list, for
// the lessons are about system calls; each entry is a door that user namespaces leave open.
#include "native.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "tatami-native knows x86_64 and aarch64"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))
#define SKIP_UNLESS_EQUAL(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n)
#define DENY(nr) SKIP_UNLESS_EQUAL(nr, 1), REFUSE(EPERM)
#define DENY_IOCTL(request) SKIP_UNLESS_EQUAL(request, 1), REFUSE(EPERM)
#define ALLOW_FAMILY(family) SKIP_UNLESS_EQUAL(family, 1), RETURN(SECCOMP_RET_ALLOW)

// Not in every distribution's headers; the numbers are the same on every architecture.
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_enter 426
#define SYS_io_uring_register 427
#endif

static struct sock_filter filter[] = {
    LOAD(arch),
    SKIP_UNLESS_EQUAL(NATIVE_ARCH, 1),
    BPF_STMT(BPF_JMP | BPF_JA, 1),
    REFUSE(ENOSYS),
    LOAD(nr),
#if defined(__x86_64__)
    // x32 shares the architecture's number.
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
    REFUSE(ENOSYS),
    DENY(SYS_iopl),
    DENY(SYS_ioperm),
    DENY(SYS_uselib),
#endif
    DENY(SYS_io_uring_setup),
    DENY(SYS_io_uring_enter),
    DENY(SYS_io_uring_register),
    DENY(SYS_bpf),
    DENY(SYS_perf_event_open),
    DENY(SYS_userfaultfd),
    DENY(SYS_add_key),
    DENY(SYS_request_key),
    DENY(SYS_keyctl),
    DENY(SYS_kexec_load),
    DENY(SYS_kexec_file_load),
    DENY(SYS_init_module),
    DENY(SYS_finit_module),
    DENY(SYS_delete_module),
    DENY(SYS_reboot),
    DENY(SYS_swapon),
    DENY(SYS_swapoff),
    DENY(SYS_acct),
    DENY(SYS_quotactl),
    DENY(SYS_open_by_handle_at),
    DENY(SYS_lookup_dcookie),
    DENY(SYS_move_pages),
    DENY(SYS_migrate_pages),
    DENY(SYS_settimeofday),
    DENY(SYS_clock_settime),
    // ioctl: pushing characters into a terminal.
    SKIP_UNLESS_EQUAL(SYS_ioctl, 6),
    LOAD(args[1]),
    DENY_IOCTL(TIOCSTI),
    DENY_IOCTL(TIOCLINUX),
    RETURN(SECCOMP_RET_ALLOW),
    // socketpair: what makes a pair of another family is a way round the list of socket.
    LOAD(nr),
    SKIP_UNLESS_EQUAL(SYS_socketpair, 4),
    LOAD(args[0]),
    ALLOW_FAMILY(AF_UNIX),
    REFUSE(EAFNOSUPPORT),
    // socket: only the families the lessons need; AF_VSOCK reaches the hypervisor.
    SKIP_UNLESS_EQUAL(SYS_socket, 12),
    LOAD(args[0]),
    ALLOW_FAMILY(AF_UNIX),
    ALLOW_FAMILY(AF_INET),
    ALLOW_FAMILY(AF_INET6),
    ALLOW_FAMILY(AF_NETLINK),
    ALLOW_FAMILY(AF_PACKET),
    REFUSE(EAFNOSUPPORT),
    RETURN(SECCOMP_RET_ALLOW),
};

// Needs CAP_SYS_ADMIN instead of no_new_privs, which would break sudo.
void install_seccomp_filter(void) {
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program)) die("seccomp", "filter");
}
