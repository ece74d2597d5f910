// What the probe answers: a growing buffer of little-endian numbers and length-prefixed bytes, so that
// nothing a learner chooses (names, arguments, paths) can be taken for anything else.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct buffer {
  unsigned char *bytes;
  size_t length, size;
};

void put_u32(struct buffer *buffer, uint32_t value);
void put_u64(struct buffer *buffer, uint64_t value);
void put_bytes(struct buffer *buffer, const void *bytes, size_t length);
// Room for a number that is known later; fill it with set_u32.
size_t reserve_u32(struct buffer *buffer);
void set_u32(struct buffer *buffer, size_t at, uint32_t value);
