// Vector layer: AVX2, FMA, F16C. 8 lanes, tails by maskload, halves through a small buffer.
#include <immintrin.h>

#define VW 8
#define GEMM_MR 6
#define GEMM_NV 2

typedef __m256 vf;
typedef __m256i vi;
typedef __m256 vm;

static const int32_t weft_avx2_masks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

WEFT_INLINE __m256i vm_first(size_t n) {
  return _mm256_loadu_si256((const __m256i *)(weft_avx2_masks + 8 - n));
}

WEFT_INLINE vf vf_set1(float x) { return _mm256_set1_ps(x); }
WEFT_INLINE vf vf_load(const float *p) { return _mm256_loadu_ps(p); }
WEFT_INLINE void vf_store(float *p, vf v) { _mm256_storeu_ps(p, v); }
WEFT_INLINE vf vf_loadn(const float *p, size_t n) { return _mm256_maskload_ps(p, vm_first(n)); }
WEFT_INLINE void vf_storen(float *p, vf v, size_t n) { _mm256_maskstore_ps(p, vm_first(n), v); }

WEFT_INLINE vf vf_add(vf a, vf b) { return _mm256_add_ps(a, b); }
WEFT_INLINE vf vf_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
WEFT_INLINE vf vf_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
WEFT_INLINE vf vf_div(vf a, vf b) { return _mm256_div_ps(a, b); }
WEFT_INLINE vf vf_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
WEFT_INLINE vf vf_fnma(vf a, vf b, vf c) { return _mm256_fnmadd_ps(a, b, c); }
WEFT_INLINE vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }
WEFT_INLINE vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }
WEFT_INLINE vf vf_sqrt(vf a) { return _mm256_sqrt_ps(a); }
WEFT_INLINE vf vf_abs(vf a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
WEFT_INLINE vf vf_round(vf a) {
  return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

WEFT_INLINE vm vf_lt(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
WEFT_INLINE vm vf_le(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
WEFT_INLINE vm vf_eq(vf a, vf b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
WEFT_INLINE vm vf_isnan(vf a) { return _mm256_cmp_ps(a, a, _CMP_UNORD_Q); }
WEFT_INLINE vf vf_select(vm m, vf a, vf b) { return _mm256_blendv_ps(b, a, m); }
WEFT_INLINE bool vm_any(vm m) { return _mm256_movemask_ps(m) != 0; }
WEFT_INLINE vm vm_load_bool(const uint8_t *p) {
  const __m256i v = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
  return _mm256_castsi256_ps(_mm256_cmpgt_epi32(v, _mm256_setzero_si256()));
}
WEFT_INLINE vm vm_loadn_bool(const uint8_t *p, size_t n) {
  uint8_t buffer[8] = {0};
  memcpy(buffer, p, n);
  return vm_load_bool(buffer);
}

WEFT_INLINE vi vi_set1(int32_t x) { return _mm256_set1_epi32(x); }
WEFT_INLINE vi vi_add(vi a, vi b) { return _mm256_add_epi32(a, b); }
WEFT_INLINE vi vi_sub(vi a, vi b) { return _mm256_sub_epi32(a, b); }
WEFT_INLINE vi vi_mul(vi a, vi b) { return _mm256_mullo_epi32(a, b); }
WEFT_INLINE void vi_store(int32_t *p, vi v) { _mm256_storeu_si256((__m256i *)p, v); }
WEFT_INLINE vi vi_and(vi a, vi b) { return _mm256_and_si256(a, b); }
WEFT_INLINE vi vi_or(vi a, vi b) { return _mm256_or_si256(a, b); }
WEFT_INLINE vi vi_xor(vi a, vi b) { return _mm256_xor_si256(a, b); }
#define vi_shl(a, n) _mm256_slli_epi32(a, n)
#define vi_sra(a, n) _mm256_srai_epi32(a, n)
WEFT_INLINE vi vi_from_vf(vf a) { return _mm256_cvtps_epi32(a); }
WEFT_INLINE vf vf_from_vi(vi a) { return _mm256_cvtepi32_ps(a); }
WEFT_INLINE vi vi_bits(vf a) { return _mm256_castps_si256(a); }
WEFT_INLINE vf vf_bits(vi a) { return _mm256_castsi256_ps(a); }

WEFT_INLINE float vf_hsum(vf v) {
  __m128 q = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  q = _mm_add_ps(q, _mm_movehl_ps(q, q));
  return _mm_cvtss_f32(_mm_add_ss(q, _mm_movehdup_ps(q)));
}
WEFT_INLINE float vf_hmax(vf v) {
  __m128 q = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  q = _mm_max_ps(q, _mm_movehl_ps(q, q));
  return _mm_cvtss_f32(_mm_max_ss(q, _mm_movehdup_ps(q)));
}

WEFT_INLINE vf vf_load_f16(const uint16_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}
WEFT_INLINE vf vf_loadn_f16(const uint16_t *p, size_t n) {
  uint16_t buffer[8] = {0};
  memcpy(buffer, p, n * sizeof *p);
  return vf_load_f16(buffer);
}
WEFT_INLINE vf vf_load_bf16(const uint16_t *p) {
  const __m128i h = _mm_loadu_si128((const __m128i *)p);
  return vf_bits(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16));
}
WEFT_INLINE vf vf_loadn_bf16(const uint16_t *p, size_t n) {
  uint16_t buffer[8] = {0};
  memcpy(buffer, p, n * sizeof *p);
  return vf_load_bf16(buffer);
}
WEFT_INLINE void vf_storen_f16(uint16_t *p, vf v, size_t n) {
  uint16_t buffer[8];
  _mm_storeu_si128((__m128i *)buffer, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  memcpy(p, buffer, n * sizeof *p);
}
WEFT_INLINE void vf_storen_bf16(uint16_t *p, vf v, size_t n) {
  float lanes[8];
  vf_store(lanes, v);
  for (size_t i = 0; i < n; i++) p[i] = weft_bf16_from_f32(lanes[i]);
}

// The lower 16 bits of each lane, VW of them.
WEFT_INLINE void vi_store_low(uint16_t *p, vi a) {
  const __m256i both = _mm256_shuffle_epi8(
    a, _mm256_setr_epi8(
      0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1,
      0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1));
  _mm_storeu_si128((__m128i *)p, _mm256_castsi256_si128(_mm256_permute4x64_epi64(both, 0x08)));
}

// Lanes of a and b by turns: the first and the second half of the 16.
WEFT_INLINE vf vf_zip_lo(vf a, vf b) {
  return _mm256_permute2f128_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b), 0x20);
}
WEFT_INLINE vf vf_zip_hi(vf a, vf b) {
  return _mm256_permute2f128_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b), 0x31);
}
