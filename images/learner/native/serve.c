// The hosts of the simulated internet, in one loop: name servers, a database, an HTTP interface, a host
// that never answers, and a registry of container images that has none.
#include "internet.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 96
#define MAX_REQUEST 2048

static const char *const name_servers[] = {ROUTER, GOOGLE_DNS, CLOUDFLARE_DNS, COMPANY_DNS};

// Told what has come in; returns false to close the connection.
typedef bool answer(int fd, const char *bytes, size_t length);
static answer database, silence, api, registry;

static const struct {
  const char *address;
  int port;
  answer *answer;
} hosts[] = {
    {DATABASE, 5432, database}, {INVENTORY, 9000, silence}, {API, 8080, api}, {REGISTRY, 5000, registry}};

enum { NAMES = sizeof name_servers / sizeof *name_servers, HOSTS = sizeof hosts / sizeof *hosts, LISTENERS = NAMES + HOSTS };

static struct pollfd fds[LISTENERS + MAX_CONNECTIONS];
static answer *answers[LISTENERS + MAX_CONNECTIONS];
static int count = LISTENERS;

static int listen_on(int type, const char *address, int port) {
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, address, &name.sin_addr);
  int fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket", address);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(fd, (struct sockaddr *)&name, sizeof name)) die("bind", address);
  if (type == SOCK_STREAM && listen(fd, 32)) die("listen", address);
  return fd;
}

static void say(int fd, const char *text) {
  if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0) return;  // the peer has gone: the next read tells
}

// PostgreSQL's first exchange (protocol 3.0, "SSL Session Encryption"): no encryption here. A client that
// goes on is heard and not answered, and its connection stays.
static bool database(int fd, const char *bytes, size_t length) {
  static const char ssl_request[] = {0, 0, 0, 8, 4, (char)0xd2, 0x16, 0x2f};
  if (length == sizeof ssl_request && !memcmp(bytes, ssl_request, length)) say(fd, "N");
  return true;
}

static bool silence(int fd, const char *bytes, size_t length) {
  (void)fd, (void)bytes, (void)length;
  return true;
}

static void respond(int fd, const char *status, const char *json) {
  char text[1024];
  snprintf(text, sizeof text,
           "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s\n", status,
           strlen(json) + 1, json);
  say(fd, text);
}

static bool asks_for(const char *request, size_t length, const char *path) {
  const char *start = memchr(request, ' ', length);
  size_t wanted = strlen(path);
  return start && length - (start + 1 - request) > wanted && !strncmp(start + 1, path, wanted) && start[1 + wanted] == ' ';
}

static bool api(int fd, const char *bytes, size_t length) {
  if (asks_for(bytes, length, "/health")) respond(fd, "200 OK", "{\"status\":\"ok\"}");
  else respond(fd, "404 Not Found", "{\"error\":\"not found; try /health\"}");
  return false;
}

// What `docker pull` and `docker run` of any other image get to hear (OCI distribution specification).
static bool registry(int fd, const char *bytes, size_t length) {
  if (asks_for(bytes, length, "/v2/")) respond(fd, "200 OK", "{}");
  else
    respond(fd, "404 Not Found",
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"this machine is closed off from the internet, so no"
            " other image can be pulled: use nginx, shop-api or order-service\"}]}");
  return false;
}

static void answer_name(int fd) {
  unsigned char message[1500];
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  int length = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&peer, &size);
  if (length > 0) length = answer_dns(message, length, sizeof message);
  if (length > 0) sendto(fd, message, length, 0, (struct sockaddr *)&peer, size);
}

static void admit(int listener) {
  int fd = accept4(fds[listener].fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  if (count == LISTENERS + MAX_CONNECTIONS) {
    close(fd);
    return;
  }
  // A container that was removed says no farewell; its connection must not be kept for ever.
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){20}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &(int){5}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &(int){3}, sizeof(int));
  answers[count] = hosts[listener - NAMES].answer;
  fds[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static bool hear(int connection) {
  char bytes[MAX_REQUEST];
  ssize_t length = read(fds[connection].fd, bytes, sizeof bytes);
  if (length < 0) return errno == EAGAIN || errno == EINTR;
  return length > 0 && answers[connection](fds[connection].fd, bytes, length);
}

static void drop(int connection) {
  close(fds[connection].fd);
  fds[connection] = fds[--count];
  answers[connection] = answers[count];
}

void serve(void) {
  for (int i = 0; i < NAMES; i++) fds[i] = (struct pollfd){.fd = listen_on(SOCK_DGRAM, name_servers[i], 53), .events = POLLIN};
  for (int i = 0; i < HOSTS; i++)
    fds[NAMES + i] = (struct pollfd){.fd = listen_on(SOCK_STREAM, hosts[i].address, hosts[i].port), .events = POLLIN};
  for (;;) {
    if (poll(fds, count, -1) < 0 && errno != EINTR) die("poll", "sockets");
    // Backwards: a connection that is dropped gives its place to one that was looked at.
    for (int i = count - 1; i >= 0; i--) {
      if (!fds[i].revents) continue;
      if (i < NAMES) answer_name(fds[i].fd);
      else if (i < LISTENERS) admit(i);
      else if (!hear(i)) drop(i);
    }
  }
}
