// Block layer of AVX2: weights without a sign, activations with one, as VNNI's instruction wants it.
#define BLOCK_ZERO 128  // what q8_0's bytes are moved by
#define BLOCK_MR 6
#define BLOCK_UNROLL _Pragma("clang loop unroll(full)")

WEFT_INLINE vi block_load(const uint8_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
WEFT_INLINE vi block_load_unsigned(const uint8_t *p) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
}
WEFT_INLINE vi block_load_signed(const uint8_t *p) {
  return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p));
}
// Bits to the left, or to the right where `left` is negative; what comes in on the left is masked.
WEFT_INLINE vi block_shift(vi a, const int left) {
  return left >= 0 ? _mm256_slli_epi32(a, left) : _mm256_srai_epi32(a, -left);
}
// a · b for b = 2ⁿ.
WEFT_INLINE vi block_times(vi a, const int32_t b) {
  return _mm256_slli_epi32(a, __builtin_ctz((unsigned)b));
}
WEFT_INLINE vi block_max(vi a, vi b) { return _mm256_max_epi32(a, b); }
WEFT_INLINE int32_t block_largest(vi a) {
  __m128i m = _mm_max_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  m = _mm_max_epi32(m, _mm_shuffle_epi32(m, 0x4e));
  return _mm_cvtsi128_si32(_mm_max_epi32(m, _mm_shuffle_epi32(m, 0xb1)));
}
// Stores 16 integers as bytes and returns their sum.
WEFT_INLINE int32_t block_store(int8_t *p, const vi *q) {
  const __m128i low
    = _mm_packs_epi32(_mm256_castsi256_si128(q[0]), _mm256_extracti128_si256(q[0], 1));
  const __m128i high
    = _mm_packs_epi32(_mm256_castsi256_si128(q[1]), _mm256_extracti128_si256(q[1], 1));
  const __m128i bytes = _mm_packs_epi16(low, high);
  _mm_storeu_si128((__m128i *)p, bytes);
  const __m128i sums
    = _mm_sad_epu8(_mm_xor_si128(bytes, _mm_set1_epi8(-128)), _mm_setzero_si128());
  return _mm_cvtsi128_si32(sums) + _mm_extract_epi32(sums, 2) - 16 * 128;
}
#ifdef INT8_DOT
typedef __m256i block_four;

WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return _mm256_set1_epi32(word);
}
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  (void)narrow;
  return _mm256_dpbusd_avx_epi32(acc, w, a);
}
#else
typedef struct { __m256i all, even, odd; } block_four;

WEFT_INLINE block_four block_broadcast(const int8_t *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  const __m256i all = _mm256_set1_epi32(word);
  return (block_four){
    all, _mm256_srai_epi16(_mm256_slli_epi16(all, 8), 8), _mm256_srai_epi16(all, 8)};
}
// Weights below 64 can't saturate 16 bits; others are multiplied in 16 bits from the start.
WEFT_INLINE vi block_dot(vi acc, vi w, block_four a, const bool narrow) {
  if (narrow) {
    const __m256i twos = _mm256_maddubs_epi16(w, a.all);
    return _mm256_add_epi32(acc, _mm256_madd_epi16(twos, _mm256_set1_epi16(1)));
  }
  const __m256i even = _mm256_and_si256(w, _mm256_set1_epi16(255));
  acc = _mm256_add_epi32(acc, _mm256_madd_epi16(even, a.even));
  return _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_srli_epi16(w, 8), a.odd));
}
#endif
