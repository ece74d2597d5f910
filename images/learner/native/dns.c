// A name server that knows five names and says of all others that they do not exist (RFC 1035).
#include "internet.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { HEADER = 12, TYPE_A = 1, TYPE_ANY = 255, NAME_ERROR = 3, NOT_IMPLEMENTED = 4 };

static const struct {
  const char *name, *address;
} records[] = {
    {"database.internal", DATABASE}, {"api.internal", API},     {"inventory.internal", INVENTORY},
    {"registry.internal", REGISTRY}, {"dns.google", GOOGLE_DNS},
};

// Reads the name of the question as text. Returns the offset of what follows, or 0.
static int read_name(const unsigned char *message, int length, char *name) {
  int at = HEADER;
  char *end = name;
  while (at < length && message[at]) {
    int label = message[at++];
    if (label > 63 || at + label >= length || end - name + label > 253) return 0;
    if (end > name) *end++ = '.';
    memcpy(end, message + at, label);
    end += label;
    at += label;
  }
  *end = 0;
  return at + 1 + 4 <= length ? at + 1 : 0;
}

int answer_dns(unsigned char *message, int length, int size) {
  char name[256];
  if (length < HEADER || message[2] & 0x80) return 0;
  int at = read_name(message, length, name);
  if (!at || message[5] != 1) return 0;
  int type = message[at] << 8 | message[at + 1], opcode = message[2] >> 3 & 15;
  length = at + 4;
  message[2] = 0x80 | (message[2] & 0x79);           // an answer; opcode and "recursion desired" as asked
  message[3] = 0x80 | (opcode ? NOT_IMPLEMENTED : NAME_ERROR);
  memset(message + 6, 0, 6);
  if (opcode) return length;
  for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
    if (strcasecmp(name, records[i].name)) continue;
    message[3] = 0x80;
    if ((type != TYPE_A && type != TYPE_ANY) || length + 16 > size) break;
    static const unsigned char head[] = {0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4};
    memcpy(message + length, head, sizeof head);
    inet_pton(AF_INET, records[i].address, message + length + sizeof head);
    message[7] = 1;
    length += 16;
  }
  return length;
}
