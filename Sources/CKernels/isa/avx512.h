// Vector layer: AVX-512 F, BW, VL, DQ. 16 lanes, tails by mask registers.
#include <immintrin.h>

#define VW 16
#define GEMM_MR 14
#define GEMM_NV 2
#define VF_NATIVE_LDEXP 1

typedef __m512 vf;
typedef __m512i vi;
typedef __mmask16 vm;

WEFT_INLINE __mmask16 vm_first(size_t n) { return (__mmask16)((1u << n) - 1u); }

WEFT_INLINE vf vf_set1(float x) { return _mm512_set1_ps(x); }
WEFT_INLINE vf vf_load(const float *p) { return _mm512_loadu_ps(p); }
WEFT_INLINE void vf_store(float *p, vf v) { _mm512_storeu_ps(p, v); }
WEFT_INLINE vf vf_loadn(const float *p, size_t n) { return _mm512_maskz_loadu_ps(vm_first(n), p); }
WEFT_INLINE void vf_storen(float *p, vf v, size_t n) { _mm512_mask_storeu_ps(p, vm_first(n), v); }

WEFT_INLINE vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
WEFT_INLINE vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
WEFT_INLINE vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
WEFT_INLINE vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
WEFT_INLINE vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
WEFT_INLINE vf vf_fnma(vf a, vf b, vf c) { return _mm512_fnmadd_ps(a, b, c); }
WEFT_INLINE vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
WEFT_INLINE vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
WEFT_INLINE vf vf_sqrt(vf a) { return _mm512_sqrt_ps(a); }
WEFT_INLINE vf vf_abs(vf a) { return _mm512_abs_ps(a); }
WEFT_INLINE vf vf_round(vf a) {
  return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
WEFT_INLINE vf vf_ldexp(vf a, vf n) { return _mm512_scalef_ps(a, n); }

WEFT_INLINE vm vf_lt(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
WEFT_INLINE vm vf_le(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
WEFT_INLINE vm vf_eq(vf a, vf b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
WEFT_INLINE vm vf_isnan(vf a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
WEFT_INLINE vf vf_select(vm m, vf a, vf b) { return _mm512_mask_blend_ps(m, b, a); }
WEFT_INLINE bool vm_any(vm m) { return m != 0; }
WEFT_INLINE vm vm_load_bool(const uint8_t *p) {
  const __m128i v = _mm_loadu_si128((const __m128i *)p);
  return _mm_test_epi8_mask(v, v);
}
WEFT_INLINE vm vm_loadn_bool(const uint8_t *p, size_t n) {
  const __m128i v = _mm_maskz_loadu_epi8(vm_first(n), p);
  return _mm_test_epi8_mask(v, v);
}

WEFT_INLINE vi vi_set1(int32_t x) { return _mm512_set1_epi32(x); }
WEFT_INLINE vi vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
WEFT_INLINE vi vi_sub(vi a, vi b) { return _mm512_sub_epi32(a, b); }
WEFT_INLINE vi vi_mul(vi a, vi b) { return _mm512_mullo_epi32(a, b); }
WEFT_INLINE void vi_store(int32_t *p, vi v) { _mm512_storeu_si512(p, v); }
WEFT_INLINE vi vi_and(vi a, vi b) { return _mm512_and_si512(a, b); }
WEFT_INLINE vi vi_or(vi a, vi b) { return _mm512_or_si512(a, b); }
WEFT_INLINE vi vi_xor(vi a, vi b) { return _mm512_xor_si512(a, b); }
#define vi_shl(a, n) _mm512_slli_epi32(a, n)
#define vi_sra(a, n) _mm512_srai_epi32(a, n)
WEFT_INLINE vi vi_from_vf(vf a) { return _mm512_cvtps_epi32(a); }
WEFT_INLINE vf vf_from_vi(vi a) { return _mm512_cvtepi32_ps(a); }
WEFT_INLINE vi vi_bits(vf a) { return _mm512_castps_si512(a); }
WEFT_INLINE vf vf_bits(vi a) { return _mm512_castsi512_ps(a); }

WEFT_INLINE float vf_hsum(vf v) {
  __m256 h = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  __m128 q = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  q = _mm_add_ps(q, _mm_movehl_ps(q, q));
  return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}
WEFT_INLINE float vf_hmax(vf v) {
  __m256 h = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  __m128 q = _mm_max_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
  q = _mm_max_ps(q, _mm_movehl_ps(q, q));
  return _mm_cvtss_f32(_mm_max_ss(q, _mm_movehdup_ps(q)));
}

WEFT_INLINE vf vf_from_bf16_bits(__m256i h) {
  return vf_bits(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16));
}
WEFT_INLINE __m256i vf_to_bf16_bits(vf v) {
  const vi bits = vi_bits(v);
  const vi odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), vi_set1(1));
  vi r = _mm512_srli_epi32(vi_add(bits, vi_add(odd, vi_set1(0x7fff))), 16);
  const vi quiet = vi_or(_mm512_srli_epi32(bits, 16), vi_set1(0x40));
  r = _mm512_mask_blend_epi32(vf_isnan(v), r, quiet);
  return _mm512_cvtepi32_epi16(r);
}
WEFT_INLINE vf vf_load_f16(const uint16_t *p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}
WEFT_INLINE vf vf_loadn_f16(const uint16_t *p, size_t n) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(vm_first(n), p));
}
WEFT_INLINE vf vf_load_bf16(const uint16_t *p) {
  return vf_from_bf16_bits(_mm256_loadu_si256((const __m256i *)p));
}
WEFT_INLINE vf vf_loadn_bf16(const uint16_t *p, size_t n) {
  return vf_from_bf16_bits(_mm256_maskz_loadu_epi16(vm_first(n), p));
}
WEFT_INLINE void vf_storen_f16(uint16_t *p, vf v, size_t n) {
  _mm256_mask_storeu_epi16(p, vm_first(n), _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
WEFT_INLINE void vf_storen_bf16(uint16_t *p, vf v, size_t n) {
  _mm256_mask_storeu_epi16(p, vm_first(n), vf_to_bf16_bits(v));
}

// The lower 16 bits of each lane, VW of them.
WEFT_INLINE void vi_store_low(uint16_t *p, vi a) {
  _mm256_storeu_si256((__m256i *)p, _mm512_cvtepi32_epi16(a));
}

// Lanes of a and b by turns: the first and the second half of the 32.
WEFT_INLINE vf vf_zip_lo(vf a, vf b) {
  const vi index = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  return _mm512_permutex2var_ps(a, index, b);
}
WEFT_INLINE vf vf_zip_hi(vf a, vf b) {
  const vi index = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  return _mm512_permutex2var_ps(a, index, b);
}
