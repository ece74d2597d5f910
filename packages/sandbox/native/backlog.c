#include "backlog.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool later(void) { return errno == EAGAIN || errno == EINTR; }

bool fill(struct backlog *b, int fd) {
  if (empty(b)) b->start = b->end = 0;
  if (b->start && b->end == b->size) {
    memmove(b->bytes, b->bytes + b->start, b->end - b->start);
    b->end -= b->start;
    b->start = 0;
  }
  ssize_t n = read(fd, b->bytes + b->end, b->size - b->end);
  if (n < 0 && later()) return true;
  if (n <= 0) return false;
  b->end += n;
  return true;
}

bool drain(struct backlog *b, int fd) {
  if (empty(b)) return true;
  ssize_t n = write(fd, b->bytes + b->start, b->end - b->start);
  if (n < 0) return later();
  b->start += n;
  return true;
}
