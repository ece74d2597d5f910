// Bytes on their way in one direction, between a descriptor that is read and one that is written; neither blocks.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct backlog {
  char *bytes;
  size_t size, start, end;
};

static inline bool empty(const struct backlog *b) { return b->start == b->end; }
// Reads once. Returns false when the side that is read has ended.
bool fill(struct backlog *b, int fd);
// Writes once. Returns false when nobody will read any more.
bool drain(struct backlog *b, int fd);
