// Block layer: plain C.
#define BLOCK_ZERO 0  // what q8_0's bytes are moved by
#define BLOCK_MR 4
#define BLOCK_UNROLL _Pragma("clang loop unroll(disable)")

typedef struct { int8_t v[4]; } block_four;

WEFT_INLINE vi block_load(const uint8_t *p) {
  vi r;
  memcpy(&r, p, sizeof r);
  return r;
}
WEFT_INLINE vi block_load_unsigned(const uint8_t *p) { LANES(vi, p[i]); }
WEFT_INLINE vi block_load_signed(const uint8_t *p) { LANES(vi, (int8_t)p[i]); }
// Bits to the left, or to the right where `left` is negative; what comes in on the left is masked.
WEFT_INLINE vi block_shift(vi a, const int left) {
  return left >= 0 ? vi_shl(a, left) : vi_sra(a, -left);
}
WEFT_INLINE vi block_times(vi a, const int32_t b) { return vi_mul(a, vi_set1(b)); }
WEFT_INLINE vi block_max(vi a, vi b) { LANES(vi, a.v[i] > b.v[i] ? a.v[i] : b.v[i]); }
WEFT_INLINE int32_t block_largest(vi a) {
  int32_t largest = a.v[0];
  for (int i = 1; i < VW; i++) largest = a.v[i] > largest ? a.v[i] : largest;
  return largest;
}
// Stores 16 integers as bytes and returns their sum.
WEFT_INLINE int32_t block_store(int8_t *p, const vi *q) {
  int32_t sum = 0;
  for (int i = 0; i < 16; i++) {
    p[i] = (int8_t)q[i / VW].v[i % VW];
    sum += p[i];
  }
  return sum;
}
WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  return (block_four){{p[0], p[1], p[2], p[3]}};
}
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  (void)narrow;
  for (int i = 0; i < VW; i++) {
    int8_t bytes[4];
    memcpy(bytes, &w.v[i], sizeof bytes);
    for (int t = 0; t < 4; t++) acc.v[i] += a.v[t] * bytes[t];
  }
  return acc;
}
