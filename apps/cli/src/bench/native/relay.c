// tatami-relay PORT COMMAND...
//
// The limit for every terminal server: gives each connection to this port of the loopback COMMAND on a PTY of its
// own, 80 by 24, with nothing between the two but read and write.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char bytes[65536];

// Returns 0 at the end of what is read, or when nobody takes it.
static int pass(int from, int to) {
  ssize_t length = read(from, bytes, sizeof bytes);
  for (ssize_t at = 0, n; at < length; at += n)
    if ((n = write(to, bytes + at, length - at)) <= 0) return 0;
  return length > 0;
}

static void relay(int socket, int pty) {
  struct pollfd ends[] = {{.fd = socket, .events = POLLIN}, {.fd = pty, .events = POLLIN}};
  while (poll(ends, 2, -1) > 0) {
    if (ends[1].revents && !pass(pty, socket)) return;
    if (ends[0].revents && !pass(socket, pty)) return;
  }
}

static int serve(int socket, char **command) {
  int pty, on = 1, status;
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  char *environment[] = {NULL};
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  pid_t child = forkpty(&pty, NULL, NULL, &size);
  if (child < 0) return 1;
  if (!child) {
    close(socket);
    execve(command[0], command, environment);
    _exit(127);
  }
  relay(socket, pty);
  close(pty);
  return waitpid(child, &status, 0) != child;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons(atoi(argv[1]));
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) return 2;
  for (int connection; (connection = accept(listener, NULL, NULL)) >= 0; close(connection)) {
    while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    if (fork()) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return serve(connection, argv + 2);
  }
  return 1;
}
