// The register tile: acc[mr][nv] += A[mr, k] · B[k, nv vectors]. With constant mr and nv the
// accumulators stay in registers for the whole of k, and each is one chain over k in order.

// Memory that a later tile will read, fetched into L2 while this one computes: `step` bytes on with
// each of the k turns. A turn of multiply-adds has loads to spare; without this the first rows of
// a panel wait for memory that holds no cache.
typedef struct { const char *at; size_t step; } tile_ahead;

WEFT_INLINE tile_ahead tile_nothing_ahead(void) { return (tile_ahead){NULL, 0}; }

// Whole vectors of `type`, widened.
WEFT_INLINE vf tile_load(const void *base, const weft_dtype type, size_t at) {
  switch (type) {
    case WEFT_F16: return vf_load_f16((const uint16_t *)base + at);
    case WEFT_BF16: return vf_load_bf16((const uint16_t *)base + at);
    default: return vf_load((const float *)base + at);
  }
}

// So many bytes of B are on their way where several panels are read at once, which few rows do.
#define TILE_STREAM ((size_t)8192)

// Asks for what is read from each of the panels in a while. Without it one row of f16 reaches 86 to 88 %
// of the speed of memory, with it 92 to 94 % (Zen 5).
WEFT_INLINE void tile_fetch_panels(
  const int panels, const weft_dtype type, const void *b, size_t at, size_t panel_stride) {
  const size_t element = type == WEFT_F32 ? 4 : 2;
#pragma clang loop unroll(full)
  for (int p = 0; p < panels; p++) {
    const char *row = (const char *)b + (at + (size_t)p * panel_stride) * element;
    for (size_t i = 0; i < GEMM_NR * element; i += 64) {
      __builtin_prefetch(row + TILE_STREAM / (size_t)panels + i, 0, 3);
    }
  }
}

// B's elements are of `type`, its vectors j: panel j / GEMM_NV at b + (j / GEMM_NV) · panel_stride.
WEFT_INLINE void tile_multiply_typed(
  const int mr, const int nv, const weft_dtype type, size_t k, const float *a, size_t a_row,
  size_t a_k, const void *b, size_t panel_stride, tile_ahead ahead, vf *acc) {
  size_t at = 0;
  for (size_t i = 0; i < k; i++) {
    if (ahead.at) {
      __builtin_prefetch(ahead.at, 0, 2);
      ahead.at += ahead.step;
    }
    if (nv > GEMM_NV) tile_fetch_panels(nv / GEMM_NV, type, b, at, panel_stride);
    vf x[4 * GEMM_NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      x[j] = tile_load(
        b, type, at + (size_t)(j / GEMM_NV) * panel_stride + (size_t)(j % GEMM_NV) * VW);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      const vf y = vf_set1(a[(size_t)r * a_row]);
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) acc[r * nv + j] = vf_fma(y, x[j], acc[r * nv + j]);
    }
    a += a_k;
    at += GEMM_NR;
  }
}

WEFT_INLINE void tile_multiply(
  const int mr, const int nv, size_t k, const float *a, size_t a_row, size_t a_k, const float *b,
  size_t panel_stride, tile_ahead ahead, vf *acc) {
  tile_multiply_typed(mr, nv, WEFT_F32, k, a, a_row, a_k, b, panel_stride, ahead, acc);
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
