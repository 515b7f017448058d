// C = epilogue(A · B), B packed: see weft_gemm_args. Tiles of GEMM_MR × GEMM_NR.
// A panel of B stays in L2 while all row tiles pass over it; rows are split into tiles of nearly
// equal height (128 = 8·13 + 2·12), as a short last tile would wait for its own multiply-adds.

// mr rows by `panels` whole or cut panels.
WEFT_INLINE void gemm_tile(
  const int mr, const int panels, const weft_gemm_args *args, size_t row, size_t panel) {
  const int nv = panels * GEMM_NV;
  const size_t column = panel * GEMM_NR;
  const size_t columns = weft_min(args->n - column, (size_t)panels * GEMM_NR);
  vf acc[GEMM_MR * GEMM_NV + 16];
  tile_zero(mr * nv, acc);
  tile_multiply(
    mr, nv, args->k, args->a + row * args->a_stride, args->a_stride, 1,
    args->packed + column * args->k, args->k * GEMM_NR, acc);

  const vf scale = vf_set1(args->scale);
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    const size_t at = (size_t)j * VW;
    const vf bias = args->bias && at < columns
      ? vf_load_tail(args->bias + column + at, columns - at) : vf_set1(0.0f);
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) acc[r * nv + j] = vf_fma(acc[r * nv + j], scale, bias);
  }

  gemm_store(mr, panels, args, row, column, columns, acc);
}

static __attribute__((noinline)) void gemm_rows(
  size_t rows, const weft_gemm_args *args, size_t row, size_t panel) {
#define GEMM_CALL(m) gemm_tile(m, 1, args, row, panel)
  TILE_SWITCH(rows, GEMM_CALL)
}

// A few rows: several panels at once, so that enough chains of multiply-adds are under way to
// stream B at the speed of memory.
static void gemm_few_rows(
  const weft_gemm_args *args, size_t row, size_t rows, size_t panel_begin, size_t panel_end) {
  size_t panel = panel_begin;
  if (rows == 1) {
    for (; panel + 4 <= panel_end; panel += 4) gemm_tile(1, 4, args, row, panel);
  } else if (rows == 2) {
    for (; panel + 2 <= panel_end; panel += 2) gemm_tile(2, 2, args, row, panel);
  }
#if GEMM_MR >= 14
  else if (rows == 3) {
    for (; panel + 2 <= panel_end; panel += 2) gemm_tile(3, 2, args, row, panel);
  } else if (rows == 4) {
    for (; panel + 2 <= panel_end; panel += 2) gemm_tile(4, 2, args, row, panel);
  }
#endif
  for (; panel < panel_end; panel++) gemm_rows(rows, args, row, panel);
}

// Rows of A a multiple of 4096 bytes apart fall into the same lines of L1 and push each other out
// (73 against 93 % of the peak at k = 1024 on a Zen 4). Such rows are copied, a tile at a time, to
// where they stand apart, and the copy serves GEMM_GROUP panels.
#define GEMM_GROUP ((size_t)4)
#define GEMM_SPREAD_K 4096

static __attribute__((noinline)) void gemm_spread(
  const float *a, size_t a_stride, size_t rows, size_t columns, float *to) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(to + r * (columns + 16), a + r * a_stride, columns * sizeof(float));
  }
}

static __attribute__((noinline)) void gemm_colliding(
  const weft_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
  size_t panel_end) {
  float spread[GEMM_MR * (GEMM_SPREAD_K + 16)];
  const weft_split split = weft_balance(row_end - row_begin, GEMM_MR);
  for (size_t group = panel_begin; group < panel_end; group += GEMM_GROUP) {
    size_t row = row_begin;
    for (size_t piece = 0; piece < split.pieces; piece++) {
      const size_t rows = split.base + (piece < split.longer);
      gemm_spread(args->a + row * args->a_stride, args->a_stride, rows, args->k, spread);
      weft_gemm_args part = *args;
      part.a = spread;
      part.a_stride = args->k + 16;
      part.c += row * args->c_stride;
      if (part.multiplier) part.multiplier += row * args->multiplier_stride;
      if (part.residual) part.residual += row * args->residual_stride;
      const size_t end = weft_min(panel_end, group + GEMM_GROUP);
      for (size_t panel = group; panel < end; panel++) gemm_rows(rows, &part, 0, panel);
      row += rows;
    }
  }
}

static void gemm(
  const weft_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
  size_t panel_end) {
  if (row_begin >= row_end) return;
  if (row_end - row_begin <= 4) {
    gemm_few_rows(args, row_begin, row_end - row_begin, panel_begin, panel_end);
    return;
  }
  if (GEMM_MR > 6 && args->a_stride % 1024 == 0 && args->k > 256 && args->k <= GEMM_SPREAD_K) {
    gemm_colliding(args, row_begin, row_end, panel_begin, panel_end);
    return;
  }
  const weft_split split = weft_balance(row_end - row_begin, GEMM_MR);
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    size_t row = row_begin;
    for (size_t piece = 0; piece < split.pieces; piece++) {
      const size_t rows = split.base + (piece < split.longer);
      gemm_rows(rows, args, row, panel);
      row += rows;
    }
  }
}
