// The internet of a sandbox, simulated: runs as long as the machine does, started by PID 1.
//
// It lives in a network namespace of its own, at the other end of the machine's eth0, and there owns
// every address that can be reached. What it has no address for it refuses or drops, as the routes
// below say, so nothing can leave. serve.c answers on those addresses.
#include "internet.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char machine_side[] =
    "link delete eth0\n"  // of an internet that ended
    "link add eth0 type veth peer name lan netns %d\n"
    "address add " MACHINE "/24 dev eth0\n"
    "link set eth0 up\n"
    "route add default via " ROUTER "\n";

static const char internet_side[] =
    "link set lo up\n"
    "address add " ROUTER "/24 dev lan\n"
    "link set lan up\n"
    "address add " GOOGLE_DNS "/32 dev lo\n"
    "address add " CLOUDFLARE_DNS "/32 dev lo\n"
    "address add " COMPANY_DNS "/32 dev lo\n"
    "address add " DATABASE "/32 dev lo\n"
    "address add " API "/32 dev lo\n"
    "address add " INVENTORY "/32 dev lo\n"
    "address add " REGISTRY "/32 dev lo\n"
    // Firewalled company networks: other hosts there do not even refuse.
    "route add blackhole 172.20.0.0/24\n"
    "route add blackhole 172.21.0.0/24\n"
    "route add prohibit default\n";

void die(const char *operation, const char *target) {
  fprintf(stderr, "internet: %s %s: %s\n", operation, target, strerror(errno));
  exit(1);
}

// Runs ip(8) over the lines, going on after one that fails.
static void ip_batch(const char *lines) {
  int in[2];
  if (pipe2(in, O_CLOEXEC)) die("pipe2", "ip");
  if (write(in[1], lines, strlen(lines)) < 0) die("write", "ip");
  close(in[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  char *argv[] = {"ip", "-force", "-batch", "-", NULL}, *env[] = {NULL};
  pid_t ip;
  if ((errno = posix_spawn(&ip, "/usr/bin/ip", &actions, NULL, argv, env))) die("spawn", "ip");
  close(in[0]);
  while (waitpid(ip, NULL, 0) < 0 && errno == EINTR) continue;
}

static void allow_forwarding(void) {
  // Only a router says that it does not forward (icmp(7), administratively prohibited).
  int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "1", 1) != 1) die("write", "ip_forward");
  close(fd);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int unshared[2], linked[2];
  if (pipe2(unshared, O_CLOEXEC) || pipe2(linked, O_CLOEXEC)) die("pipe2", "helper");
  pid_t helper = fork();
  if (helper < 0) die("fork", "helper");
  if (!helper) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte, lines[sizeof machine_side + 16];
    if (read(unshared[0], &byte, 1) != 1) _exit(1);
    snprintf(lines, sizeof lines, machine_side, getppid());
    ip_batch(lines);
    _exit(0);
  }
  if (unshare(CLONE_NEWNET)) die("unshare", "network namespace");
  if (write(unshared[1], "x", 1) != 1) die("write", "helper");
  while (waitpid(helper, NULL, 0) < 0 && errno == EINTR) continue;
  allow_forwarding();
  ip_batch(internet_side);
  serve();
}
