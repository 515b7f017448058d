// What follows from a vector layer: ldexp, transposition, loads by type.

#define GEMM_NR (GEMM_NV * VW)

#ifndef VF_NATIVE_LDEXP
// a · 2ⁿ for |n| <= 252, in two steps so that denormal results are rounded once.
WEFT_INLINE vf vf_ldexp(vf a, vf n) {
  const vi whole = vi_from_vf(n);
  const vi half = vi_sra(whole, 1);
  const vi rest = vi_sub(whole, half);
  const vf first = vf_bits(vi_shl(vi_add(half, vi_set1(127)), 23));
  const vf second = vf_bits(vi_shl(vi_add(rest, vi_set1(127)), 23));
  return vf_mul(vf_mul(a, first), second);
}
#endif

// VW × VW in place. Zipping rows i and i + VW/2 turns the index by one bit; log₂ VW turns transpose.
WEFT_INLINE void vf_transpose(vf *r) {
  vf t[VW];
#pragma clang loop unroll(full)
  for (int width = 1; width < VW; width *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < VW / 2; i++) {
      t[2 * i] = vf_zip_lo(r[i], r[i + VW / 2]);
      t[2 * i + 1] = vf_zip_hi(r[i], r[i + VW / 2]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < VW; i++) r[i] = t[i];
  }
}

// VW · 4 bytes of any alignment.
WEFT_INLINE vf vf_load_bytes(const void *p) {
  vf v;
  memcpy(&v, p, sizeof v);
  return v;
}

WEFT_INLINE vf vf_load_tail(const float *p, size_t n) { return n >= VW ? vf_load(p) : vf_loadn(p, n); }
WEFT_INLINE void vf_store_tail(float *p, vf v, size_t n) {
  if (n >= VW) vf_store(p, v);
  else vf_storen(p, v, n);
}
WEFT_INLINE vf vf_load_tail_f16(const uint16_t *p, size_t n) {
  return n >= VW ? vf_load_f16(p) : vf_loadn_f16(p, n);
}
WEFT_INLINE vf vf_load_tail_bf16(const uint16_t *p, size_t n) {
  return n >= VW ? vf_load_bf16(p) : vf_loadn_bf16(p, n);
}

// Up to VW floats from element `at` of an array of f32, f16 or bf16.
WEFT_INLINE vf vf_load_typed(const void *base, weft_dtype type, size_t at, size_t n) {
  switch (type) {
    case WEFT_F16: return vf_load_tail_f16((const uint16_t *)base + at, n);
    case WEFT_BF16: return vf_load_tail_bf16((const uint16_t *)base + at, n);
    default: return vf_load_tail((const float *)base + at, n);
  }
}

WEFT_INLINE float weft_load_typed(const void *base, weft_dtype type, size_t at) {
  switch (type) {
    case WEFT_F16: return weft_f32_from_f16(((const uint16_t *)base)[at]);
    case WEFT_BF16: return weft_f32_from_bf16(((const uint16_t *)base)[at]);
    default: return ((const float *)base)[at];
  }
}

// `count` things in pieces of at most `largest`: the fewest pieces, their sizes differing by one.
typedef struct { size_t pieces, base, longer; } weft_split;

WEFT_INLINE weft_split weft_balance(size_t count, size_t largest) {
  const size_t pieces = (count + largest - 1) / largest;
  return (weft_split){pieces, count / pieces, count % pieces};
}
