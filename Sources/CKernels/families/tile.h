// The register tile: acc[mr][nv] += A[mr, k] · B[k, nv vectors]. With constant mr and nv the
// accumulators stay in registers for the whole of k, and each is one chain over k in order.

// B's vectors j: panel j / GEMM_NV at b + (j / GEMM_NV) · panel_stride.
WEFT_INLINE void tile_multiply(
  const int mr, const int nv, size_t k, const float *a, size_t a_row, size_t a_k, const float *b,
  size_t panel_stride, vf *acc) {
  for (size_t i = 0; i < k; i++) {
    vf x[4 * GEMM_NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      x[j] = vf_load(b + (size_t)(j / GEMM_NV) * panel_stride + (size_t)(j % GEMM_NV) * VW);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      const vf y = vf_set1(a[(size_t)r * a_row]);
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) acc[r * nv + j] = vf_fma(y, x[j], acc[r * nv + j]);
    }
    a += a_k;
    b += GEMM_NR;
  }
}

WEFT_INLINE void tile_zero(const int count, vf *acc) {
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i++) acc[i] = vf_set1(0.0f);
}

// One case for each height of a tile; `CALL(mr)` gets the constant.
#define TILE_CASE(CALL, m) case m: CALL(m); break;
#if GEMM_MR >= 14
#define TILE_CASES_HIGH(CALL)                                                             \
  TILE_CASE(CALL, 9) TILE_CASE(CALL, 10) TILE_CASE(CALL, 11) TILE_CASE(CALL, 12)          \
  TILE_CASE(CALL, 13) TILE_CASE(CALL, 14)
#else
#define TILE_CASES_HIGH(CALL)
#endif
#if GEMM_MR >= 8
#define TILE_CASES_MIDDLE(CALL) TILE_CASE(CALL, 7) TILE_CASE(CALL, 8)
#else
#define TILE_CASES_MIDDLE(CALL)
#endif
#if GEMM_MR >= 6
#define TILE_CASES_LOW(CALL) TILE_CASE(CALL, 5) TILE_CASE(CALL, 6)
#else
#define TILE_CASES_LOW(CALL)
#endif
#define TILE_SWITCH(height, CALL)                                                         \
  switch (height) {                                                                       \
    TILE_CASE(CALL, 1) TILE_CASE(CALL, 2) TILE_CASE(CALL, 3) TILE_CASE(CALL, 4)           \
    TILE_CASES_LOW(CALL) TILE_CASES_MIDDLE(CALL) TILE_CASES_HIGH(CALL)                    \
    default: __builtin_unreachable();                                                     \
  }
