// Byte layer of AVX-512: with VNNI four products an instruction, without it two, in 16 bits.
// The instruction that multiplies bytes without VNNI (vpmaddubsw) saturates, so it isn't used.
#ifdef INT8_DOT
typedef uint8_t int8_quantized;
typedef __m512i int8_left;
typedef __m512i int8_right;
#define INT8_NAME "avx512vnni"

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  int32_t word;
  memcpy(&word, p, sizeof word);
  return _mm512_set1_epi32(word);
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) { return _mm512_loadu_si512(p); }
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) {
  return _mm512_dpbusd_epi32(acc, a, b);
}
WEFT_INLINE void int8_store(int8_quantized *p, vi q) {
  _mm_storeu_si128((__m128i *)p, _mm512_cvtusepi32_epi8(q));
}
#else
typedef int16_t int8_quantized;
typedef struct { __m512i even, odd; } int8_left;
typedef struct { __m512i even, odd; } int8_right;
#define INT8_NAME "avx512"
#define INT8_BY_COLUMN 1
#define INT8_MR 8

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  int32_t words[2];
  memcpy(words, p, sizeof words);
  return (int8_left){_mm512_set1_epi32(words[0]), _mm512_set1_epi32(words[1])};
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) {
  const __m512i b = _mm512_loadu_si512(p);
  return (int8_right){_mm512_srai_epi16(_mm512_slli_epi16(b, 8), 8), _mm512_srai_epi16(b, 8)};
}
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) {
  acc = _mm512_add_epi32(acc, _mm512_madd_epi16(a.even, b.even));
  return _mm512_add_epi32(acc, _mm512_madd_epi16(a.odd, b.odd));
}
// Of four the even ones first.
WEFT_INLINE void int8_store(int8_quantized *p, vi q) {
  const __m256i order = _mm256_broadcastsi128_si256(
    _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15));
  const __m256i halves = _mm512_cvtepi32_epi16(_mm512_min_epu32(q, vi_set1(255)));
  _mm256_storeu_si256((__m256i *)p, _mm256_shuffle_epi8(halves, order));
}
#endif
