// Block layer of NEON: signed bytes on both sides. Four products an instruction where there is the dot
// product of ARMv8.2, eight at once in 16 bits without it.
#define BLOCK_ZERO 0  // what q8_0's bytes are moved by
#define BLOCK_MR 8
#define BLOCK_UNROLL _Pragma("clang loop unroll(full)")

WEFT_INLINE vi block_load(const uint8_t *p) { return vreinterpretq_s32_u8(vld1q_u8(p)); }
WEFT_INLINE vi block_load_unsigned(const uint8_t *p) {
  int32_t lanes[4] = {p[0], p[1], p[2], p[3]};
  return vld1q_s32(lanes);
}
WEFT_INLINE vi block_load_signed(const uint8_t *p) {
  int32_t lanes[4] = {(int8_t)p[0], (int8_t)p[1], (int8_t)p[2], (int8_t)p[3]};
  return vld1q_s32(lanes);
}
// Bits to the left, or to the right where `left` is negative; what comes in on the left is masked.
WEFT_INLINE vi block_shift(vi a, const int left) { return vshlq_s32(a, vdupq_n_s32(left)); }
WEFT_INLINE vi block_times(vi a, const int32_t b) { return vmulq_n_s32(a, b); }
WEFT_INLINE vi block_max(vi a, vi b) { return vmaxq_s32(a, b); }
WEFT_INLINE int32_t block_largest(vi a) { return vmaxvq_s32(a); }
// Stores 16 integers as bytes and returns their sum.
WEFT_INLINE int32_t block_store(int8_t *p, const vi *q) {
  const int16x8_t low = vcombine_s16(vqmovn_s32(q[0]), vqmovn_s32(q[1]));
  const int16x8_t high = vcombine_s16(vqmovn_s32(q[2]), vqmovn_s32(q[3]));
  const int8x16_t bytes = vcombine_s8(vqmovn_s16(low), vqmovn_s16(high));
  vst1q_s8(p, bytes);
  return vaddlvq_s8(bytes);
}
#ifdef INT8_DOT
typedef int8x16_t block_four;

WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return vreinterpretq_s8_s32(vdupq_n_s32(word));
}
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  (void)narrow;
  return vdotq_s32(acc, vreinterpretq_s8_s32(w), a);
}
#else
// The first and the second two of four.
typedef struct { int8x8_t first, second; } block_four;

WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  int16_t words[2];
  memcpy(words, p, sizeof words);
  return (block_four){
    vreinterpret_s8_s16(vdup_n_s16(words[0])), vreinterpret_s8_s16(vdup_n_s16(words[1]))};
}
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  (void)narrow;
  const int16x8_t b = vreinterpretq_s16_s32(w);
  const int16x4x2_t twos = vuzp_s16(vget_low_s16(b), vget_high_s16(b));
  acc = vpadalq_s16(acc, vmull_s8(a.first, vreinterpret_s8_s16(twos.val[0])));
  return vpadalq_s16(acc, vmull_s8(a.second, vreinterpret_s8_s16(twos.val[1])));
}
#endif
