// C = epilogue(X · W), W in bytes and packed, X rounded to bytes: see weft_int8_gemm_args.
// Four of k at a time: a panel of W holds, for each four, GEMM_NR columns of four bytes.

// What a tile asks memory for on behalf of the next panel: from `at` on, `step` bytes for each four
// of k. Streamed from memory, 16 rows reach 88 % of the peak so and 41 % without (Zen 5).
typedef struct { const uint8_t *at; size_t step; } int8_ahead;

// acc[mr][nv] += A[mr, 4 · groups] · B[4 · groups, nv vectors]; B's vectors as in tile_multiply.
WEFT_INLINE void int8_multiply(
  const int mr, const int nv, size_t groups, const int8_quantized *a, size_t a_row, const int8_t *b,
  size_t panel_size, int8_ahead ahead, vi *acc) {
  for (size_t i = 0; i < groups; i++) {
    __builtin_prefetch(ahead.at, 0, 3);
    ahead.at += ahead.step;
#ifdef INT8_BY_COLUMN
    // Two registers for each vector of B: one vector at a time.
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      const int8_right x
        = int8_load_right(b + (size_t)(j / GEMM_NV) * panel_size + (size_t)(j % GEMM_NV) * 4 * VW);
#pragma clang loop unroll(full)
      for (int r = 0; r < mr; r++) {
        acc[r * nv + j] = int8_dot(acc[r * nv + j], int8_load_left(a + (size_t)r * a_row), x);
      }
    }
#else
    int8_right x[4 * GEMM_NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      x[j]
        = int8_load_right(b + (size_t)(j / GEMM_NV) * panel_size + (size_t)(j % GEMM_NV) * 4 * VW);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      const int8_left y = int8_load_left(a + (size_t)r * a_row);
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) acc[r * nv + j] = int8_dot(acc[r * nv + j], y, x[j]);
    }
#endif
    a += 4;
    b += 4 * GEMM_NR;
  }
}

// mr rows by `panels` whole or cut panels.
WEFT_INLINE void int8_tile(
  const int mr, const int panels, const weft_int8_gemm_args *args, size_t row, size_t panel,
  int8_ahead ahead) {
  const int nv = panels * GEMM_NV;
  const weft_gemm_args *product = &args->product;
  const size_t row_size = int8_row_size(product->k);
  const size_t panel_size = int8_panel_size(product->k);
  const uint8_t *left = (const uint8_t *)args->quantized + row * row_size;
  const uint8_t *packed = (const uint8_t *)args->packed + panel * panel_size;
  vi sums[GEMM_MR * GEMM_NV + 16];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr * nv; i++) sums[i] = vi_set1(0);
  int8_multiply(
    mr, nv, (product->k + 3) / 4, (const int8_quantized *)(left + INT8_LINE),
    row_size / sizeof(int8_quantized), (const int8_t *)packed + INT8_HEADER, panel_size, ahead,
    sums);

  const size_t column = panel * GEMM_NR;
  const size_t columns = weft_min(product->n - column, (size_t)panels * GEMM_NR);
  vf acc[GEMM_MR * GEMM_NV + 16];
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    const size_t at = (size_t)j * VW;
    const float *header = (const float *)(packed + (size_t)(j / GEMM_NV) * panel_size)
      + (size_t)(j % GEMM_NV) * VW;
    const vf scales = vf_load(header);
    const vi totals = vi_bits(vf_load(header + GEMM_NR));
    const vf bias = product->bias && at < columns
      ? vf_load_tail(product->bias + column + at, columns - at) : vf_set1(0.0f);
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      const int8_row of = int8_row_of(left + (size_t)r * row_size);
      const vi sum = vi_sub(sums[r * nv + j], vi_mul(vi_set1(of.zero), totals));
      const vf scale = vf_mul(vf_set1(product->scale * of.scale), scales);
      acc[r * nv + j] = vf_fma(vf_from_vi(sum), scale, bias);
    }
  }
  gemm_store(mr, panels, product, row, column, columns, acc);
}

static __attribute__((noinline)) void int8_rows(
  size_t rows, const weft_int8_gemm_args *args, size_t row, size_t panel, int8_ahead ahead) {
#define INT8_CALL(m) int8_tile(m, 1, args, row, panel, ahead)
  TILE_SWITCH(rows, INT8_CALL)
}

// A few rows: several panels at once, as in gemm_few_rows.
static void int8_few_rows(
  const weft_int8_gemm_args *args, size_t row, size_t rows, size_t panel_begin, size_t panel_end) {
  const int8_ahead ahead = {args->packed, 0};
  size_t panel = panel_begin;
  if (rows == 1) {
    for (; panel + 4 <= panel_end; panel += 4) int8_tile(1, 4, args, row, panel, ahead);
  } else if (rows == 2) {
    for (; panel + 2 <= panel_end; panel += 2) int8_tile(2, 2, args, row, panel, ahead);
  }
#if GEMM_MR >= 14
  else if (rows == 3) {
    for (; panel + 2 <= panel_end; panel += 2) int8_tile(3, 2, args, row, panel, ahead);
  } else if (rows == 4) {
    for (; panel + 2 <= panel_end; panel += 2) int8_tile(4, 2, args, row, panel, ahead);
  }
#endif
  for (; panel < panel_end; panel++) int8_rows(rows, args, row, panel, ahead);
}

static void int8_gemm(
  const weft_int8_gemm_args *given, size_t row_begin, size_t row_end, size_t panel_begin,
  size_t panel_end) {
  if (row_begin >= row_end) return;
  weft_int8_gemm_args own = *given;
  const weft_int8_gemm_args *args = &own;
  if (own.product.activation == WEFT_ACTIVATION_GELU_ERF) own.product.activation = GEMM_GELU_SHORT;
  if (row_end - row_begin <= 4) {
    int8_few_rows(args, row_begin, row_end - row_begin, panel_begin, panel_end);
    return;
  }
  const weft_split split = weft_balance(row_end - row_begin, INT8_MR);
  // Each tile of a panel asks for its part of the next one, after the last of what the next product
  // reads.
  const size_t size = int8_panel_size(args->product.k), step = 4 * GEMM_NR / split.pieces;
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    size_t row = row_begin;
    const uint8_t *next = (const uint8_t *)args->packed + weft_min(panel + 1, panel_end - 1) * size;
    if (panel + 1 == panel_end && args->product.ahead) next = args->product.ahead;
    for (size_t piece = 0; piece < split.pieces; piece++) {
      const size_t rows = split.base + (piece < split.longer);
      const int8_ahead ahead = {next + piece * (size / split.pieces), step};
      int8_rows(rows, args, row, panel, ahead);
      row += rows;
    }
  }
}
