#include "frame.h"
#include "native.h"
#include <stdlib.h>
#include <string.h>

static unsigned char *grow(struct frame *frame, size_t more) {
  if (frame->length + more > frame->size) {
    frame->size = (frame->length + more) * 2;
    frame->bytes = realloc(frame->bytes, frame->size);
    if (!frame->bytes) die("allocate", "frame");
  }
  unsigned char *at = frame->bytes + frame->length;
  frame->length += more;
  return at;
}

void put_u32(struct frame *frame, uint32_t value) {
  memcpy(grow(frame, sizeof value), &value, sizeof value);
}

void put_u64(struct frame *frame, uint64_t value) {
  memcpy(grow(frame, sizeof value), &value, sizeof value);
}

void put_bytes(struct frame *frame, const void *bytes, size_t length) {
  put_u32(frame, length);
  memcpy(grow(frame, length), bytes, length);
}

size_t reserve_u32(struct frame *frame) {
  put_u32(frame, 0);
  return frame->length - sizeof(uint32_t);
}

void set_u32(struct frame *frame, size_t at, uint32_t value) {
  memcpy(frame->bytes + at, &value, sizeof value);
}
