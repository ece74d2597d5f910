// prepare BASE LOWER DIR BYTES MAX_NAMESPACES
//
// Makes what a sandbox is built on, then holds the user namespace until standard input closes:
//  - a user namespace 0..65535 -> BASE.. made by a process that already runs as BASE, so that the
//    kernel's per-user quotas (namespaces(7), inotify(7)) are this sandbox's own. It is the inner
//    of two: /proc/sys/user/max_*_namespaces of the outer one bound what the learner can make, and
//    the learner has no capability there to raise them;
//  - DIR/rootfs: an overlay whose lower layer is LOWER, idmapped into that namespace
//    (mount_setattr(2)), and whose upper layer is a tmpfs of BYTES bytes. Two folders of it are
//    mounts of their own, if LOWER has them: containers are overlays themselves, whose upper layers
//    must lie on the tmpfs, and whose images lie better on LOWER than on an overlay.
// Prints the holder's pid and a newline once all stands.
#include "native.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#define RANGE 65536u

static const char *const limited[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

static void await_byte(int fd, const char *what) {
  char byte;
  if (read(fd, &byte, 1) != 1) die("wait for", what);
}
static void send_byte(int fd) {
  if (write(fd, "x", 1) != 1) die("write", "pipe");
}
static void write_map(pid_t pid, const char *name, unsigned outside) {
  char path[64], text[64];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  snprintf(text, sizeof text, "0 %u %u\n", outside, RANGE);
  if (write_file(path, text)) die("write", path);
}
static void write_maps(pid_t pid, unsigned outside) {
  write_map(pid, "uid_map", outside);
  write_map(pid, "gid_map", outside);
}

// A change of credentials clears both settings (PR_SET_PDEATHSIG(2const)). Dumpable, since /proc/PID
// else belongs to root and the maps of a child cannot be written.
static void after_new_credentials(void) {
  prctl(PR_SET_DUMPABLE, 1);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void inner_namespace(int ready, int go) {
  if (unshare(CLONE_NEWUSER)) die("unshare", "inner user namespace");
  after_new_credentials();
  send_byte(ready);
  await_byte(go, "inner map");
  send_byte(ready);
  pause();
  _exit(0);
}

// Runs as BASE in the initial user namespace; its child becomes the holder.
static void outer_namespace(unsigned base, int max, int ready, int go, int announce) {
  if (setgroups(0, NULL) || setresgid(base, base, base) || setresuid(base, base, base)) die("setresuid", "range");
  if (unshare(CLONE_NEWUSER)) die("unshare", "outer user namespace");
  after_new_credentials();
  send_byte(ready);
  await_byte(go, "outer map");
  if (setresgid(0, 0, 0) || setresuid(0, 0, 0)) die("setresuid", "outer root");
  after_new_credentials();
  for (size_t i = 0; i < sizeof limited / sizeof *limited; i++) {
    char path[64], text[16];
    snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", limited[i]);
    snprintf(text, sizeof text, "%d", max);
    if (write_file(path, text) && errno != ENOENT) die("write", path);
  }
  int up[2], down[2];
  if (pipe2(up, O_CLOEXEC) || pipe2(down, O_CLOEXEC)) die("pipe2", "inner");
  pid_t holder = fork();
  if (holder < 0) die("fork", "holder");
  if (!holder) inner_namespace(up[1], down[0]);
  await_byte(up[0], "inner namespace");
  write_maps(holder, 0);
  send_byte(down[1]);
  await_byte(up[0], "inner namespace's start");
  // The parent sits in the initial pid namespace as we do, so the number means the same to it.
  if (write(announce, &holder, sizeof holder) != sizeof holder) die("write", "holder");
  pause();
  _exit(0);
}

static void idmapped_mount(const char *userns, const char *source, const char *target) {
  int ns = open(userns, O_RDONLY | O_CLOEXEC);
  if (ns < 0) die("open", userns);
  int tree = syscall(SYS_open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (tree < 0) die("open_tree", source);
  struct mount_attr attr = {
      .attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV,
      .userns_fd = ns,
  };
  if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr)) die("mount_setattr", source);
  if (syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH)) die("move_mount", target);
  close(tree);
  close(ns);
}

// Covers DIR/rootfs/NAME by `source`, if the root filesystem has such a folder.
static void cover(const char *rootfs, const char *name, const char *source) {
  char target[PATH_MAX];
  snprintf(target, sizeof target, "%s/%s", rootfs, name);
  if (!access(target, F_OK) && mount(source, target, NULL, MS_BIND, NULL)) die("bind", target);
}

static void make_directory(const char *path, mode_t mode) {
  if (mkdir(path, mode) && errno != EEXIST) die("mkdir", path);
}

int command_prepare(int argc, char **argv) {
  if (argc != 6) return 64;
  unsigned base = strtoul(argv[1], NULL, 10);
  const char *lower = argv[2], *dir = argv[3], *bytes = argv[4];
  int max = atoi(argv[5]);

  // The holder is a grandchild: its end must be seen here, not by the host's PID 1.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int up[2], down[2], announce[2];
  if (pipe2(up, O_CLOEXEC) || pipe2(down, O_CLOEXEC) || pipe2(announce, O_CLOEXEC)) die("pipe2", "outer");
  pid_t child = fork();
  if (child < 0) die("fork", "outer");
  if (!child) {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    outer_namespace(base, max, up[1], down[0], announce[1]);
  }
  // Ours must go, or a child that dies is never seen as the end of file.
  close(up[1]);
  close(announce[1]);
  await_byte(up[0], "outer namespace");
  write_maps(child, base);
  send_byte(down[1]);
  pid_t holder;
  if (read(announce[0], &holder, sizeof holder) != sizeof holder) die("wait for", "holder");

  char userns[64], rw[PATH_MAX], upper[PATH_MAX], work[PATH_MAX], containers[PATH_MAX];
  char low[PATH_MAX], images[PATH_MAX + 32], rootfs[PATH_MAX], options[3 * PATH_MAX + 64];
  snprintf(userns, sizeof userns, "/proc/%d/ns/user", holder);
  snprintf(rw, sizeof rw, "%s/rw", dir);
  snprintf(upper, sizeof upper, "%s/rw/upper", dir);
  snprintf(work, sizeof work, "%s/rw/work", dir);
  snprintf(containers, sizeof containers, "%s/rw/containers", dir);
  snprintf(low, sizeof low, "%s/lower", dir);
  snprintf(images, sizeof images, "%s/usr/share/containers/images", low);
  snprintf(rootfs, sizeof rootfs, "%s/rootfs", dir);
  make_directory(rw, 0700);
  make_directory(low, 0700);
  make_directory(rootfs, 0700);
  snprintf(options, sizeof options, "mode=755,size=%s,nr_inodes=65536", bytes);
  if (mount("tatami", rw, "tmpfs", MS_NODEV, options)) die("mount tmpfs", rw);
  make_directory(upper, 0755);
  make_directory(work, 0755);
  make_directory(containers, 0700);
  if (chown(upper, base, base)) die("chown", upper);
  if (chown(containers, base, base)) die("chown", containers);
  idmapped_mount(userns, lower, low);
  snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", low, upper, work);
  if (mount("overlay", rootfs, "overlay", MS_NODEV, options)) die("mount overlay", rootfs);
  // Under a shared parent the machine's copies of what follows would go when the host's are detached.
  if (mount(NULL, rootfs, NULL, MS_PRIVATE, NULL)) die("make private", rootfs);
  cover(rootfs, "var/lib/containers", containers);
  cover(rootfs, "usr/share/containers/images", images);

  printf("%d\n", holder);
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) continue;
  kill(holder, SIGKILL);
  kill(child, SIGKILL);
  while (wait(NULL) > 0) continue;
  return 0;
}
