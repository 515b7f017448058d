// Byte layer of NEON: signed bytes on both sides, so the left one stands 128 lower. Four products
// an instruction where there is the dot product of ARMv8.2, eight at once in 16 bits without it.
#define INT8_OFFSET 128

typedef int8_t int8_quantized;

#ifdef INT8_DOT
typedef int8x16_t int8_left;
typedef int8x16_t int8_right;
#define INT8_NAME "neondot"

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return vreinterpretq_s8_s32(vdupq_n_s32(word));
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) { return vld1q_s8(p); }
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) { return vdotq_s32(acc, a, b); }
#else
// The first and the second two of four.
typedef struct { int8x8_t first, second; } int8_left;
typedef struct { int8x8_t first, second; } int8_right;
#define INT8_NAME "neon"
#define INT8_BY_COLUMN 1

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  int16_t words[2];
  memcpy(words, p, sizeof words);
  return (int8_left){
    vreinterpret_s8_s16(vdup_n_s16(words[0])), vreinterpret_s8_s16(vdup_n_s16(words[1]))};
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) {
  const int16x8_t b = vreinterpretq_s16_s8(vld1q_s8(p));
  const int16x4x2_t twos = vuzp_s16(vget_low_s16(b), vget_high_s16(b));
  return (int8_right){vreinterpret_s8_s16(twos.val[0]), vreinterpret_s8_s16(twos.val[1])};
}
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) {
  acc = vpadalq_s16(acc, vmull_s8(a.first, b.first));
  return vpadalq_s16(acc, vmull_s8(a.second, b.second));
}
#endif

WEFT_INLINE void int8_store(int8_quantized *p, vi q) {
  const int16x4_t halves = vqmovn_s32(vminq_s32(q, vi_set1(255 - INT8_OFFSET)));
  const int8x8_t bytes = vqmovn_s16(vcombine_s16(halves, halves));
  const int32_t word = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
  memcpy(p, &word, sizeof word);
}
