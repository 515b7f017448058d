// Byte layer of AVX2: with AVX-VNNI four products an instruction, without it two, in 16 bits.
// The instruction that multiplies bytes without VNNI (vpmaddubsw) saturates, so it isn't used.
#ifdef INT8_DOT
typedef uint8_t int8_quantized;
typedef __m256i int8_left;
typedef __m256i int8_right;
#define INT8_NAME "avx2vnni"

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return _mm256_set1_epi32(word);
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) {
  return _mm256_loadu_si256((const __m256i *)p);
}
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) {
  return _mm256_dpbusd_avx_epi32(acc, a, b);
}
#else
typedef int16_t int8_quantized;
typedef struct { __m256i even, odd; } int8_left;
typedef struct { __m256i even, odd; } int8_right;
#define INT8_NAME "avx2"
#define INT8_BY_COLUMN 1
#define INT8_MR 5

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  int32_t words[2];
  memcpy(words, p, sizeof words);
  return (int8_left){_mm256_set1_epi32(words[0]), _mm256_set1_epi32(words[1])};
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) {
  const __m256i b = _mm256_loadu_si256((const __m256i *)p);
  return (int8_right){_mm256_srai_epi16(_mm256_slli_epi16(b, 8), 8), _mm256_srai_epi16(b, 8)};
}
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) {
  acc = _mm256_add_epi32(acc, _mm256_madd_epi16(a.even, b.even));
  return _mm256_add_epi32(acc, _mm256_madd_epi16(a.odd, b.odd));
}
#endif

// Bytes as they are; halves with the even ones of four first.
WEFT_INLINE void int8_store(int8_quantized *p, vi q) {
  const __m256i small = _mm256_min_epi32(q, vi_set1(255));
  const __m128i halves
    = _mm_packus_epi32(_mm256_castsi256_si128(small), _mm256_extracti128_si256(small, 1));
#ifdef INT8_DOT
  _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(halves, halves));
#else
  const __m128i order = _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
  _mm_storeu_si128((__m128i *)p, _mm_shuffle_epi8(halves, order));
#endif
}
