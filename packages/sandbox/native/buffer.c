#include "buffer.h"
#include "native.h"
#include <stdlib.h>
#include <string.h>

static unsigned char *grow(struct buffer *buffer, size_t more) {
  if (buffer->length + more > buffer->size) {
    buffer->size = (buffer->length + more) * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->size);
    if (!buffer->bytes) die("allocate", "buffer");
  }
  unsigned char *at = buffer->bytes + buffer->length;
  buffer->length += more;
  return at;
}

void put_u32(struct buffer *buffer, uint32_t value) {
  memcpy(grow(buffer, sizeof value), &value, sizeof value);
}

void put_u64(struct buffer *buffer, uint64_t value) {
  memcpy(grow(buffer, sizeof value), &value, sizeof value);
}

void put_bytes(struct buffer *buffer, const void *bytes, size_t length) {
  put_u32(buffer, length);
  memcpy(grow(buffer, length), bytes, length);
}

size_t reserve_u32(struct buffer *buffer) {
  put_u32(buffer, 0);
  return buffer->length - sizeof(uint32_t);
}

void set_u32(struct buffer *buffer, size_t at, uint32_t value) {
  memcpy(buffer->bytes + at, &value, sizeof value);
}
