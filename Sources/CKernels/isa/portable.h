// Vector layer: plain C, 4 lanes in an array. The compiler makes of it what the target offers.
#define VW 4
#define GEMM_MR 4
#define GEMM_NV 2

typedef struct { float v[VW]; } vf;
typedef struct { int32_t v[VW]; } vi;
typedef struct { bool v[VW]; } vm;

#define LANES(T, expression)                              \
  T r;                                                    \
  for (int i = 0; i < VW; i++) r.v[i] = (expression);     \
  return r

WEFT_INLINE vf vf_set1(float x) { LANES(vf, x); }
WEFT_INLINE vf vf_load(const float *p) { LANES(vf, p[i]); }
WEFT_INLINE void vf_store(float *p, vf v) { for (int i = 0; i < VW; i++) p[i] = v.v[i]; }
WEFT_INLINE vf vf_loadn(const float *p, size_t n) { LANES(vf, (size_t)i < n ? p[i] : 0.0f); }
WEFT_INLINE void vf_storen(float *p, vf v, size_t n) { for (size_t i = 0; i < n; i++) p[i] = v.v[i]; }

WEFT_INLINE vf vf_add(vf a, vf b) { LANES(vf, a.v[i] + b.v[i]); }
WEFT_INLINE vf vf_sub(vf a, vf b) { LANES(vf, a.v[i] - b.v[i]); }
WEFT_INLINE vf vf_mul(vf a, vf b) { LANES(vf, a.v[i] * b.v[i]); }
WEFT_INLINE vf vf_div(vf a, vf b) { LANES(vf, a.v[i] / b.v[i]); }
// Not fmaf: without an instruction for it that is a call of a hundred cycles.
WEFT_INLINE vf vf_fma(vf a, vf b, vf c) { LANES(vf, a.v[i] * b.v[i] + c.v[i]); }
WEFT_INLINE vf vf_fnma(vf a, vf b, vf c) { LANES(vf, c.v[i] - a.v[i] * b.v[i]); }
WEFT_INLINE vf vf_max(vf a, vf b) { LANES(vf, a.v[i] > b.v[i] ? a.v[i] : b.v[i]); }
WEFT_INLINE vf vf_min(vf a, vf b) { LANES(vf, a.v[i] < b.v[i] ? a.v[i] : b.v[i]); }
WEFT_INLINE vf vf_sqrt(vf a) { LANES(vf, sqrtf(a.v[i])); }
WEFT_INLINE vf vf_abs(vf a) { LANES(vf, weft_f32_from_bits(weft_bits(a.v[i]) & 0x7fffffffu)); }

WEFT_INLINE vm vf_lt(vf a, vf b) { LANES(vm, a.v[i] < b.v[i]); }
WEFT_INLINE vm vf_le(vf a, vf b) { LANES(vm, a.v[i] <= b.v[i]); }
WEFT_INLINE vm vf_eq(vf a, vf b) { LANES(vm, a.v[i] == b.v[i]); }
WEFT_INLINE vm vf_isnan(vf a) { LANES(vm, a.v[i] != a.v[i]); }
WEFT_INLINE vf vf_select(vm m, vf a, vf b) { LANES(vf, m.v[i] ? a.v[i] : b.v[i]); }
WEFT_INLINE bool vm_any(vm m) { return m.v[0] | m.v[1] | m.v[2] | m.v[3]; }
WEFT_INLINE vm vm_loadn_bool(const uint8_t *p, size_t n) { LANES(vm, (size_t)i < n && p[i] != 0); }
WEFT_INLINE vm vm_load_bool(const uint8_t *p) { LANES(vm, p[i] != 0); }

WEFT_INLINE vi vi_set1(int32_t x) { LANES(vi, x); }
WEFT_INLINE vi vi_add(vi a, vi b) { LANES(vi, (int32_t)((uint32_t)a.v[i] + (uint32_t)b.v[i])); }
WEFT_INLINE vi vi_sub(vi a, vi b) { LANES(vi, (int32_t)((uint32_t)a.v[i] - (uint32_t)b.v[i])); }
WEFT_INLINE vi vi_mul(vi a, vi b) { LANES(vi, (int32_t)((uint32_t)a.v[i] * (uint32_t)b.v[i])); }
WEFT_INLINE void vi_store(int32_t *p, vi v) { for (int i = 0; i < VW; i++) p[i] = v.v[i]; }
WEFT_INLINE vi vi_and(vi a, vi b) { LANES(vi, a.v[i] & b.v[i]); }
WEFT_INLINE vi vi_or(vi a, vi b) { LANES(vi, a.v[i] | b.v[i]); }
WEFT_INLINE vi vi_xor(vi a, vi b) { LANES(vi, a.v[i] ^ b.v[i]); }
WEFT_INLINE vi vi_shl(vi a, int n) { LANES(vi, (int32_t)((uint32_t)a.v[i] << n)); }
WEFT_INLINE vi vi_sra(vi a, int n) { LANES(vi, a.v[i] >> n); }
// Rounds to even for |a| < 2²², and is defined for all else: adding 1.5·2²³ leaves the integer in
// the low bits.
WEFT_INLINE vi vi_from_vf(vf a) {
  LANES(vi, (int32_t)(weft_bits(a.v[i] + 12582912.0f) - 0x4b400000u));
}
WEFT_INLINE vf vf_from_vi(vi a) { LANES(vf, (float)a.v[i]); }
WEFT_INLINE vf vf_round(vf a) { LANES(vf, (a.v[i] + 12582912.0f) - 12582912.0f); }
WEFT_INLINE vi vi_bits(vf a) { LANES(vi, (int32_t)weft_bits(a.v[i])); }
WEFT_INLINE vf vf_bits(vi a) { LANES(vf, weft_f32_from_bits((uint32_t)a.v[i])); }

WEFT_INLINE float vf_hsum(vf v) { return (v.v[0] + v.v[2]) + (v.v[1] + v.v[3]); }
WEFT_INLINE float vf_hmax(vf v) {
  const float a = v.v[0] > v.v[2] ? v.v[0] : v.v[2];
  const float b = v.v[1] > v.v[3] ? v.v[1] : v.v[3];
  return a > b ? a : b;
}

WEFT_INLINE vf vf_load_f16(const uint16_t *p) { LANES(vf, weft_f32_from_f16(p[i])); }
WEFT_INLINE vf vf_loadn_f16(const uint16_t *p, size_t n) {
  LANES(vf, (size_t)i < n ? weft_f32_from_f16(p[i]) : 0.0f);
}
WEFT_INLINE vf vf_load_bf16(const uint16_t *p) { LANES(vf, weft_f32_from_bf16(p[i])); }
WEFT_INLINE vf vf_loadn_bf16(const uint16_t *p, size_t n) {
  LANES(vf, (size_t)i < n ? weft_f32_from_bf16(p[i]) : 0.0f);
}
WEFT_INLINE void vf_storen_f16(uint16_t *p, vf v, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = weft_f16_from_f32(v.v[i]);
}
WEFT_INLINE void vf_storen_bf16(uint16_t *p, vf v, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = weft_bf16_from_f32(v.v[i]);
}

// The lower 16 bits of each lane, VW of them.
WEFT_INLINE void vi_store_low(uint16_t *p, vi a) {
  for (int i = 0; i < VW; i++) p[i] = (uint16_t)a.v[i];
}

// Lanes of a and b by turns: the first and the second half of the 8.
WEFT_INLINE vf vf_zip_lo(vf a, vf b) { LANES(vf, i % 2 ? b.v[i / 2] : a.v[i / 2]); }
WEFT_INLINE vf vf_zip_hi(vf a, vf b) { LANES(vf, i % 2 ? b.v[(i + VW) / 2] : a.v[(i + VW) / 2]); }
