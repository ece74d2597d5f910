// tatami-handoff: hands a browser's connection from the server to the runner, processes of which neither is the
// other's child, so that no process passes their bytes on (docs/decisions/0021-browsers-are-handed-over.md).
//
//   tatami-handoff give TEXT          sends descriptor 3, the browser's connection, with TEXT over descriptor 4, a
//                                     connection to the runner's door, and ends
//   tatami-handoff take PATH GID      is that door, a Unix socket that GID may open (-1: root alone); tells the runner,
//                                     over descriptor 3, a channel of Node.js (child_process, 'ipc'), of each browser: a
//                                     message "lease" with the connection it was given over, then one of its TEXT
//                                     with its own. Ends with the runner.
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define BROWSER_FD 3
#define DOOR_FD 4
#define CHANNEL_FD 3
#define NOBODY 65534
#define MAX_TEXT 1024
// Who has connected has given what it came with by then, at the latest when others wait for its place.
#define GIVE_MS 2000
#define MAX_GUESTS 64

static void die(const char *what, const char *target) {
  fprintf(stderr, "tatami-handoff: %s %s: %s\n", what, target, strerror(errno));
  exit(1);
}

// Sends all of it, with a descriptor beside its first byte. Returns false when nobody takes it.
static bool send_with(int to, const char *text, size_t length, int fd) {
  union {
    struct cmsghdr head;
    char space[CMSG_SPACE(sizeof fd)];
  } beside = {0};
  struct iovec part = {(char *)text, length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside};
  beside.head = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
  memcpy(CMSG_DATA(&beside.head), &fd, sizeof fd);
  while (part.iov_len > 0) {
    ssize_t sent = sendmsg(to, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      poll(&(struct pollfd){.fd = to, .events = POLLOUT}, 1, GIVE_MS);
      continue;
    }
    if (sent < 0 && errno != EINTR) return false;
    if (sent <= 0) continue;
    part.iov_base = (char *)part.iov_base + sent;
    part.iov_len -= sent;
    message.msg_control = NULL;
    message.msg_controllen = 0;
  }
  return true;
}

static int give(const char *text) {
  return send_with(DOOR_FD, text, strlen(text), BROWSER_FD) ? 0 : 1;
}

struct guest {
  int fd;
  long since_ms;
};

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// A message of Node.js with a handle (lib/internal/child_process.js); `text` needs no escapes.
static void tell(const char *text, int fd) {
  char message[MAX_TEXT + 64];
  int length = snprintf(message, sizeof message, "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Socket\",\"msg\":\"%s\"}\n", text);
  if (!send_with(CHANNEL_FD, message, length, fd)) exit(0);
}

static bool is_plain(const char *text) {
  for (; *text; text++)
    if (!isgraph((unsigned char)*text) && *text != ' ') return false;
    else if (*text == '"' || *text == '\\') return false;
  return true;
}

// A connection of the network, and nothing else that a descriptor can be.
static bool is_browser(int fd) {
  int domain = 0, type = 0;
  socklen_t size = sizeof domain;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) || getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size)) return false;
  return (domain == AF_INET || domain == AF_INET6) && type == SOCK_STREAM;
}

// Takes the one descriptor that came, or -1: of more than one there is no room for the others, and they are closed.
static int receive(int from, char text[MAX_TEXT + 1]) {
  union {
    struct cmsghdr head;
    char space[CMSG_SPACE(sizeof(int))];
  } beside;
  struct iovec part = {text, MAX_TEXT};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &beside, .msg_controllen = sizeof beside};
  ssize_t length = recvmsg(from, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  text[length > 0 ? length : 0] = '\0';
  struct cmsghdr *head = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof(int))) return -1;
  int fd;
  memcpy(&fd, CMSG_DATA(head), sizeof fd);
  return fd;
}

static void serve(const struct guest *guest) {
  char text[MAX_TEXT + 1];
  int browser = receive(guest->fd, text);
  if (browser >= 0 && is_plain(text) && is_browser(browser)) {
    tell("lease", guest->fd);
    tell(text, browser);
  }
  if (browser >= 0) close(browser);
}

static int listen_at(const char *path, gid_t group) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    die("bind", path);
  }
  strcpy(address.sun_path, path);
  unlink(path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  umask(0177);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) die("bind", path);
  if (group != (gid_t)-1 && (chown(path, -1, group) || chmod(path, 0660))) die("chown", path);
  if (listen(fd, MAX_GUESTS)) die("listen", path);
  return fd;
}

// Everything it needs is open.
static void give_up_privileges(void) {
  if (geteuid() == 0 && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)))
    die("become", "nobody");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0)) die("give up", "privileges");
}

// Drops what Node.js answers. Returns false when it has ended.
static bool channel_lives(void) {
  char answers[4096];
  ssize_t length = recv(CHANNEL_FD, answers, sizeof answers, MSG_DONTWAIT);
  return length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
}

static int take(const char *path, gid_t group) {
  int door = listen_at(path, group);
  give_up_privileges();
  static struct guest guests[MAX_GUESTS];
  int count = 0;
  for (;;) {
    struct pollfd fds[2 + MAX_GUESTS] = {{.fd = CHANNEL_FD, .events = POLLIN}, {.fd = count < MAX_GUESTS ? door : -1, .events = POLLIN}};
    for (int i = 0; i < count; i++) fds[2 + i] = (struct pollfd){.fd = guests[i].fd, .events = POLLIN};
    if (poll(fds, 2 + count, count > 0 ? GIVE_MS : -1) < 0 && errno != EINTR) die("poll", path);
    if (fds[0].revents && !channel_lives()) return 0;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (fds[2 + i].revents) serve(&guests[i]);
      else if (now_ms() - guests[i].since_ms < GIVE_MS) {
        guests[kept++] = guests[i];
        continue;
      }
      close(guests[i].fd);
    }
    count = kept;
    int fd = fds[1].revents ? accept4(door, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (fd >= 0) guests[count++] = (struct guest){fd, now_ms()};
  }
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc == 3 && !strcmp(argv[1], "give")) return give(argv[2]);
  if (argc == 4 && !strcmp(argv[1], "take")) return take(argv[2], (gid_t)strtol(argv[3], NULL, 10));
  fprintf(stderr, "usage: tatami-handoff give TEXT | take PATH GID\n");
  return 64;
}
