// Pair layer of AVX512_BF16: words of 32 bits, each two bf16, rounded to nearest, ties to even.
// The instructions take numbers below 2^-126 as 0.

WEFT_INLINE vi bf16_load(const uint32_t *p) { return _mm512_loadu_si512(p); }
WEFT_INLINE void bf16_store(uint32_t *p, vi v) { _mm512_storeu_si512(p, v); }
// Lane i of both: even in the lower half, odd in the upper one.
WEFT_INLINE vi bf16_pairs(vf even, vf odd) {
  const __m512i order = _mm512_set_epi16(
    31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3,
    18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh(odd, even));
}
// Neighbours of a row of 32.
WEFT_INLINE vi bf16_row(vf first, vf second) {
  return (__m512i)_mm512_cvtne2ps_pbh(second, first);
}
// acc + both products of each lane.
WEFT_INLINE vf bf16_dot(vf acc, vi a, vi b) {
  return _mm512_dpbf16_ps(acc, (__m512bh)a, (__m512bh)b);
}
