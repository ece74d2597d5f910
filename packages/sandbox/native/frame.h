// What the probe answers: a growing buffer of little-endian numbers and length-prefixed bytes, so that
// nothing a learner chooses (names, arguments, paths) can be taken for anything else.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct frame {
  unsigned char *bytes;
  size_t length, size;
};

void put_u32(struct frame *frame, uint32_t value);
void put_u64(struct frame *frame, uint64_t value);
void put_bytes(struct frame *frame, const void *bytes, size_t length);
// Room for a number that is known later; fill it with set_u32.
size_t reserve_u32(struct frame *frame);
void set_u32(struct frame *frame, size_t at, uint32_t value);
