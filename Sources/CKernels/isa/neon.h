// Vector layer: NEON as every AArch64 has it. 4 lanes, tails through a small buffer.
#include <arm_neon.h>

#define VW 4
#define GEMM_MR 8
#define GEMM_NV 3

typedef float32x4_t vf;
typedef int32x4_t vi;
typedef uint32x4_t vm;

WEFT_INLINE vf vf_set1(float x) { return vdupq_n_f32(x); }
WEFT_INLINE vf vf_load(const float *p) { return vld1q_f32(p); }
WEFT_INLINE void vf_store(float *p, vf v) { vst1q_f32(p, v); }
WEFT_INLINE vf vf_loadn(const float *p, size_t n) {
  float buffer[4] = {0};
  memcpy(buffer, p, n * sizeof *p);
  return vld1q_f32(buffer);
}
WEFT_INLINE void vf_storen(float *p, vf v, size_t n) {
  float buffer[4];
  vst1q_f32(buffer, v);
  memcpy(p, buffer, n * sizeof *p);
}

WEFT_INLINE vf vf_add(vf a, vf b) { return vaddq_f32(a, b); }
WEFT_INLINE vf vf_sub(vf a, vf b) { return vsubq_f32(a, b); }
WEFT_INLINE vf vf_mul(vf a, vf b) { return vmulq_f32(a, b); }
WEFT_INLINE vf vf_div(vf a, vf b) { return vdivq_f32(a, b); }
WEFT_INLINE vf vf_fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
WEFT_INLINE vf vf_fnma(vf a, vf b, vf c) { return vfmsq_f32(c, a, b); }
// As on x86: b where either is NaN.
WEFT_INLINE vf vf_max(vf a, vf b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
WEFT_INLINE vf vf_min(vf a, vf b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
WEFT_INLINE vf vf_sqrt(vf a) { return vsqrtq_f32(a); }
WEFT_INLINE vf vf_abs(vf a) { return vabsq_f32(a); }
WEFT_INLINE vf vf_round(vf a) { return vrndnq_f32(a); }

WEFT_INLINE vm vf_lt(vf a, vf b) { return vcltq_f32(a, b); }
WEFT_INLINE vm vf_le(vf a, vf b) { return vcleq_f32(a, b); }
WEFT_INLINE vm vf_eq(vf a, vf b) { return vceqq_f32(a, b); }
WEFT_INLINE vm vf_isnan(vf a) { return vmvnq_u32(vceqq_f32(a, a)); }
WEFT_INLINE vf vf_select(vm m, vf a, vf b) { return vbslq_f32(m, a, b); }
WEFT_INLINE bool vm_any(vm m) { return vmaxvq_u32(m) != 0; }
WEFT_INLINE vm vm_loadn_bool(const uint8_t *p, size_t n) {
  uint32_t lanes[4] = {0};
  for (size_t i = 0; i < n; i++) lanes[i] = p[i];
  const uint32x4_t v = vld1q_u32(lanes);
  return vtstq_u32(v, v);
}
WEFT_INLINE vm vm_load_bool(const uint8_t *p) { return vm_loadn_bool(p, 4); }

WEFT_INLINE vi vi_set1(int32_t x) { return vdupq_n_s32(x); }
WEFT_INLINE vi vi_add(vi a, vi b) { return vaddq_s32(a, b); }
WEFT_INLINE vi vi_sub(vi a, vi b) { return vsubq_s32(a, b); }
WEFT_INLINE vi vi_mul(vi a, vi b) { return vmulq_s32(a, b); }
WEFT_INLINE void vi_store(int32_t *p, vi v) { vst1q_s32(p, v); }
WEFT_INLINE vi vi_and(vi a, vi b) { return vandq_s32(a, b); }
WEFT_INLINE vi vi_or(vi a, vi b) { return vorrq_s32(a, b); }
WEFT_INLINE vi vi_xor(vi a, vi b) { return veorq_s32(a, b); }
#define vi_shl(a, n) vshlq_n_s32(a, n)
#define vi_sra(a, n) vshrq_n_s32(a, n)
WEFT_INLINE vi vi_from_vf(vf a) { return vcvtnq_s32_f32(a); }
WEFT_INLINE vf vf_from_vi(vi a) { return vcvtq_f32_s32(a); }
WEFT_INLINE vi vi_bits(vf a) { return vreinterpretq_s32_f32(a); }
WEFT_INLINE vf vf_bits(vi a) { return vreinterpretq_f32_s32(a); }

WEFT_INLINE float vf_hsum(vf v) { return vaddvq_f32(v); }
WEFT_INLINE float vf_hmax(vf v) { return vmaxnmvq_f32(v); }

WEFT_INLINE vf vf_load_f16(const uint16_t *p) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
}
WEFT_INLINE vf vf_loadn_f16(const uint16_t *p, size_t n) {
  uint16_t buffer[4] = {0};
  memcpy(buffer, p, n * sizeof *p);
  return vf_load_f16(buffer);
}
WEFT_INLINE vf vf_load_bf16(const uint16_t *p) {
  return vreinterpretq_f32_u32(vshlq_n_u32(vmovl_u16(vld1_u16(p)), 16));
}
WEFT_INLINE vf vf_loadn_bf16(const uint16_t *p, size_t n) {
  uint16_t buffer[4] = {0};
  memcpy(buffer, p, n * sizeof *p);
  return vf_load_bf16(buffer);
}
WEFT_INLINE void vf_storen_f16(uint16_t *p, vf v, size_t n) {
  uint16_t buffer[4];
  vst1_u16(buffer, vreinterpret_u16_f16(vcvt_f16_f32(v)));
  memcpy(p, buffer, n * sizeof *p);
}
WEFT_INLINE void vf_storen_bf16(uint16_t *p, vf v, size_t n) {
  float lanes[4];
  vf_store(lanes, v);
  for (size_t i = 0; i < n; i++) p[i] = weft_bf16_from_f32(lanes[i]);
}

// The lower 16 bits of each lane, VW of them.
WEFT_INLINE void vi_store_low(uint16_t *p, vi a) {
  vst1_u16(p, vmovn_u32(vreinterpretq_u32_s32(a)));
}

// Lanes of a and b by turns: the first and the second half of the 8.
WEFT_INLINE vf vf_zip_lo(vf a, vf b) { return vzip1q_f32(a, b); }
WEFT_INLINE vf vf_zip_hi(vf a, vf b) { return vzip2q_f32(a, b); }
