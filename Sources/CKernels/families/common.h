// What every instruction set's translation unit includes before its vector layer.
#ifndef WEFT_COMMON_H
#define WEFT_COMMON_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../include/weft_blocks.h"
#include "../include/weft_kernels.h"

#define WEFT_INLINE static inline __attribute__((always_inline, unused))

// Written by hand and not with _Float16: without F16C that calls into the compiler's runtime.
WEFT_INLINE float weft_f32_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

WEFT_INLINE uint32_t weft_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

WEFT_INLINE float weft_f32_from_f16(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  const uint32_t body = (uint32_t)(half & 0x7fffu) << 13;
  // 2^112 moves the exponent's bias; it makes normal numbers of denormal ones as well.
  uint32_t bits = weft_bits(weft_f32_from_bits(body) * 0x1p112f);
  if (body >= 0x0f800000u) bits |= 0x7f800000u;
  return weft_f32_from_bits(bits | sign);
}

WEFT_INLINE uint16_t weft_f16_from_f32(float x) {
  const uint32_t bits = weft_bits(x);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  uint32_t body = bits & 0x7fffffffu;
  if (body > 0x7f800000u) return (uint16_t)(sign | 0x7e00u | ((body >> 13) & 0x3ffu));
  if (body >= 0x477ff000u) return (uint16_t)(sign | 0x7c00u);
  if (body < 0x38800000u) {
    // Adding 0.5 leaves the denormal's bits, rounded to even, at the bottom of the mantissa.
    return (uint16_t)(sign | (weft_bits(weft_f32_from_bits(body) + 0.5f) - 0x3f000000u));
  }
  body += 0xc8000fffu + ((body >> 13) & 1u);
  return (uint16_t)(sign | (body >> 13));
}

WEFT_INLINE float weft_f32_from_bf16(uint16_t half) {
  return weft_f32_from_bits((uint32_t)half << 16);
}

WEFT_INLINE uint16_t weft_bf16_from_f32(float x) {
  const uint32_t bits = weft_bits(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (uint16_t)((bits >> 16) | 0x40u);
  return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

WEFT_INLINE size_t weft_min(size_t a, size_t b) { return a < b ? a : b; }
WEFT_INLINE size_t weft_max(size_t a, size_t b) { return a > b ? a : b; }

#endif
