// shop-api [HOST:PORT]: the service of the lesson, alone in its image. It answers HTTP on port 8080 and
// keeps one connection to its database (database.internal:5432 unless told), which it dials again until
// it stands. Its log says what happened, not where: that is for the learner to find out.
#include "resolve.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

// Together below five seconds: so soon a connection stands after its way was mended.
enum { DIAL_SECONDS = 3, PAUSE_SECONDS = 1 };
enum { HTTP_PORT = 8080 };

static volatile bool connected;

static void *answer_http(void *unused) {
  (void)unused;
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(HTTP_PORT)};
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  if (bind(listener, (struct sockaddr *)&any, sizeof any) || listen(listener, 16)) {
    perror("ERROR listen on port 8080");
    exit(1);
  }
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    struct timeval patience = {.tv_sec = 2};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char request[2048];
    if (read(fd, request, sizeof request) > 0) {
      const char *status = connected ? "200 OK" : "503 Service Unavailable";
      dprintf(fd, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"database\":\"%s\"}\n", status,
              connected ? "connected" : "unreachable");
    }
    close(fd);
  }
}

// Returns a connected socket, or -1 with errno set.
static int dial(struct sockaddr_in address) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  struct timeval patience = {.tv_sec = DIAL_SECONDS};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (!connect(fd, (struct sockaddr *)&address, sizeof address)) return fd;
  int saved = errno == EINPROGRESS ? ETIMEDOUT : errno;
  close(fd);
  errno = saved;
  return -1;
}

// Holds the connection until it breaks; a way that was cut is noticed in three seconds.
static void keep(int fd) {
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &(int){1}, sizeof(int));
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &(int){2}, sizeof(int));
  static const char ssl_request[] = {0, 0, 0, 8, 4, (char)0xd2, 0x16, 0x2f};
  char answer[512];
  if (write(fd, ssl_request, sizeof ssl_request) < 0) return;
  while (read(fd, answer, sizeof answer) > 0) continue;
}

static void on_end(int signal) {
  (void)signal;
  _exit(0);
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  // PID 1 of a pid namespace has no default action for them.
  signal(SIGTERM, on_end);
  signal(SIGINT, on_end);
  char target[256];
  snprintf(target, sizeof target, "%s", argc > 1 ? argv[1] : "database.internal:5432");
  char *colon = strrchr(target, ':');
  int port = colon ? atoi(colon + 1) : 0;
  if (port <= 0 || port > 65535) {
    fputs("usage: shop-api [HOST:PORT]\n", stderr);
    return 64;
  }
  *colon = 0;

  pthread_t http;
  if (pthread_create(&http, NULL, answer_http, NULL)) return 1;
  printf("INFO listening on port %d\n", HTTP_PORT);
  for (;;) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    const char *problem = resolve(target, &address.sin_addr);
    int fd = problem ? -1 : dial(address);
    if (problem) printf("ERROR database: %s\n", problem);
    else if (fd < 0) printf("ERROR database: %s\n", strerror(errno));
    else {
      printf("INFO database: connected\n");
      connected = true;
      keep(fd);
      connected = false;
      close(fd);
      printf("ERROR database: the connection broke\n");
    }
    sleep(PAUSE_SECONDS);
  }
}
