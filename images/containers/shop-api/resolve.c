#include "resolve.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HEADER = 12, TYPE_A = 1, LOOKUP_SECONDS = 2 };

static bool in_hosts_file(const char *name, struct in_addr *address) {
  FILE *file = fopen("/etc/hosts", "r");
  char line[512];
  bool found = false;
  while (file && !found && fgets(line, sizeof line, file)) {
    line[strcspn(line, "#\n")] = 0;
    char *rest, *first = strtok_r(line, " \t", &rest), *word;
    while (first && !found && (word = strtok_r(NULL, " \t", &rest)))
      found = !strcasecmp(word, name) && inet_pton(AF_INET, first, address) == 1;
  }
  if (file) fclose(file);
  return found;
}

static bool first_name_server(struct in_addr *server) {
  FILE *file = fopen("/etc/resolv.conf", "r");
  char line[256], text[64];
  bool found = false;
  while (file && !found && fgets(line, sizeof line, file))
    found = sscanf(line, "nameserver %63s", text) == 1 && inet_pton(AF_INET, text, server) == 1;
  if (file) fclose(file);
  return found;
}

// A query for the address of `name` (RFC 1035, section 4). Returns its length, 0 when the name is none.
static int make_query(unsigned char *query, const char *name) {
  memset(query, 0, HEADER);
  if (getrandom(query, 2, 0) != 2) return 0;
  query[2] = 1;  // recursion desired
  query[5] = 1;  // one question
  int length = HEADER;
  for (const char *label = name; *label;) {
    size_t size = strcspn(label, ".");
    if (!size || size > 63 || length + size > 250) return 0;
    query[length++] = size;
    memcpy(query + length, label, size);
    length += size;
    label += size + (label[size] == '.');
  }
  memcpy(query + length, "\0\0\1\0\1", 5);
  return length + 5;
}

static int skip_name(const unsigned char *message, int at, int length) {
  while (at < length && message[at] && message[at] < 0xc0) at += message[at] + 1;
  return at + (at < length && message[at] ? 2 : 1);
}

// The first address among the answers that follow the question, which ends at `at`.
static bool read_answer(const unsigned char *message, int at, int length, struct in_addr *address) {
  for (int left = message[6] << 8 | message[7]; left > 0; left--) {
    at = skip_name(message, at, length);
    if (at + 10 > length) return false;
    int type = message[at] << 8 | message[at + 1], size = message[at + 8] << 8 | message[at + 9];
    at += 10;
    if (at + size > length) return false;
    if (type == TYPE_A && size == 4) {
      memcpy(address, message + at, 4);
      return true;
    }
    at += size;
  }
  return false;
}

static const char *ask(struct in_addr server, const char *name, struct in_addr *address) {
  unsigned char query[300], message[1500];
  int asked = make_query(query, name);
  if (!asked) return "no such host";
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = server};
  struct timeval patience = {.tv_sec = LOOKUP_SECONDS};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "lookup failed";
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  int length = -1;
  if (!connect(fd, (struct sockaddr *)&to, sizeof to) && send(fd, query, asked, 0) == asked) length = recv(fd, message, sizeof message, 0);
  int saved = errno;
  close(fd);
  if (length < 0) return saved == EAGAIN ? "lookup timed out" : "lookup failed";
  if (length < asked || memcmp(message, query, 2)) return "lookup failed";
  return (message[3] & 15) == 0 && read_answer(message, asked, length, address) ? NULL : "no such host";
}

const char *resolve(const char *name, struct in_addr *address) {
  struct in_addr server;
  if (inet_pton(AF_INET, name, address) == 1 || in_hosts_file(name, address)) return NULL;
  return first_name_server(&server) ? ask(server, name, address) : "no name server";
}
