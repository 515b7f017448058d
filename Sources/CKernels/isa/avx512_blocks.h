// Block layer of AVX-512: weights without a sign, activations with one, as VNNI's instruction wants it.
#define BLOCK_ZERO 128  // what q8_0's bytes are moved by
#define BLOCK_MR 8
#define BLOCK_UNROLL _Pragma("clang loop unroll(full)")

WEFT_INLINE vi block_load(const uint8_t *p) { return _mm512_loadu_si512(p); }
WEFT_INLINE vi block_load_unsigned(const uint8_t *p) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
}
WEFT_INLINE vi block_load_signed(const uint8_t *p) {
  return _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p));
}
// Bits to the left, or to the right where `left` is negative; what comes in on the left is masked.
WEFT_INLINE vi block_shift(vi a, const int left) {
  return left >= 0 ? _mm512_slli_epi32(a, (unsigned)left) : _mm512_srai_epi32(a, (unsigned)-left);
}
// a · b for b = 2ⁿ.
WEFT_INLINE vi block_times(vi a, const int32_t b) {
  return _mm512_slli_epi32(a, (unsigned)__builtin_ctz((unsigned)b));
}
WEFT_INLINE vi block_max(vi a, vi b) { return _mm512_max_epi32(a, b); }
WEFT_INLINE int32_t block_largest(vi a) { return _mm512_reduce_max_epi32(a); }
// Stores 16 integers as bytes and returns their sum.
WEFT_INLINE int32_t block_store(int8_t *p, const vi *q) {
  const __m128i bytes = _mm512_cvtepi32_epi8(q[0]);
  _mm_storeu_si128((__m128i *)p, bytes);
  const __m128i sums
    = _mm_sad_epu8(_mm_xor_si128(bytes, _mm_set1_epi8(-128)), _mm_setzero_si128());
  return _mm_cvtsi128_si32(sums) + _mm_extract_epi32(sums, 2) - 16 * 128;
}
// In place of a square of 16: half as many permutations.
#define BLOCK_TURN_WORDS 1
WEFT_INLINE void block_turn_words(const uint8_t *source, size_t stride, uint8_t *out) {
  vi r[8], t[8];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 8; i++) {
    const __m256i low = _mm256_loadu_si256((const __m256i *)(source + i * stride));
    const __m256i high = _mm256_loadu_si256((const __m256i *)(source + (i + 8) * stride));
    r[i] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 4) {
    r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
    r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
    r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
    r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
  }
  const vi lower = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const vi upper = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  const vi flip = _mm512_set1_epi8(-128);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) {
    const vi first = _mm512_permutex2var_epi64(r[i], lower, r[i + 4]);
    const vi second = _mm512_permutex2var_epi64(r[i], upper, r[i + 4]);
    _mm512_storeu_si512(out + i * GEMM_NV * 64, vi_xor(first, flip));
    _mm512_storeu_si512(out + (i + 4) * GEMM_NV * 64, vi_xor(second, flip));
  }
}
#ifdef INT8_DOT
typedef __m512i block_four;

WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return _mm512_set1_epi32(word);
}
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  (void)narrow;
  return _mm512_dpbusd_epi32(acc, w, a);
}
#else
typedef struct { __m512i all, even, odd; } block_four;

WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  const __m512i all = _mm512_set1_epi32(word);
  return (block_four){
    all, _mm512_srai_epi16(_mm512_slli_epi16(all, 8), 8), _mm512_srai_epi16(all, 8)};
}
// Weights below 64 can't saturate 16 bits; others are multiplied in 16 bits from the start.
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  if (narrow) {
    const __m512i twos = _mm512_maddubs_epi16(w, a.all);
    return _mm512_add_epi32(acc, _mm512_madd_epi16(twos, _mm512_set1_epi16(1)));
  }
  const __m512i even = _mm512_and_si512(w, _mm512_set1_epi16(255));
  acc = _mm512_add_epi32(acc, _mm512_madd_epi16(even, a.even));
  return _mm512_add_epi32(acc, _mm512_madd_epi16(_mm512_srli_epi16(w, 8), a.odd));
}
#endif
