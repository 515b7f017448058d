// Products whose k is large, or whose rows of A collide in L1: k in parts, so that a part of a panel
// and of the rows stay in L2 while they meet. Sums rest in a buffer between the parts.

#define GEMM_DEEP ((size_t)1536)   // more than this is split
#define GEMM_DEPTH ((size_t)512)   // k of a part: 64 KB of a panel
#define GEMM_DEEP_ROWS ((size_t)70)
#define GEMM_DEEP_PANELS ((size_t)8)

// Rows of A a multiple of 4096 bytes apart fall into the same lines of L1 and push each other out
// (73 against 93 % of the peak at k = 1024 on a Zen 4).
WEFT_INLINE bool gemm_collides(const weft_gemm_args *args) {
  return GEMM_MR > 6 && args->a_stride % 1024 == 0 && args->k > 256;
}

WEFT_INLINE bool gemm_is_deep(const weft_gemm_args *args) {
  return args->k > GEMM_DEEP || gemm_collides(args);
}

// Copies colliding rows to where they stand apart.
static __attribute__((noinline)) void gemm_spread(
  const float *a, size_t a_stride, size_t rows, size_t columns, float *to) {
  for (size_t r = 0; r < rows; r++) {
    memcpy(to + r * (columns + 16), a + r * a_stride, columns * sizeof(float));
  }
}

// What follows `panel`'s part of k from k_begin to k_end: the next panel's, or the first panel's next.
WEFT_INLINE const char *gemm_deep_next(
  const weft_gemm_args *args, size_t panel, size_t panel_begin, size_t panel_end, size_t k_begin,
  size_t k_end) {
  if (panel + 1 < panel_end) {
    return gemm_packed_at(args, ((panel + 1) * args->k + k_begin) * GEMM_NR);
  }
  if (k_end == args->k) return NULL;
  return gemm_packed_at(args, (panel_begin * args->k + k_end) * GEMM_NR);
}

static void gemm_deep_block(
  const weft_gemm_args *args, size_t row_begin, size_t rows, size_t panel_begin,
  size_t panel_end) {
  float spread[GEMM_DEEP_ROWS * (GEMM_DEPTH + 16)];
  float partial[GEMM_DEEP_ROWS * GEMM_DEEP_PANELS * GEMM_NR];
  const bool collides = gemm_collides(args);
  const weft_split tiles = weft_balance(rows, GEMM_MR);
  const weft_split parts = weft_balance(args->k, GEMM_DEPTH);
  const size_t step = gemm_row_bytes(args) / tiles.pieces;
  size_t k = 0;
  for (size_t part = 0; part < parts.pieces; part++) {
    const size_t depth = parts.base + (part < parts.longer);
    const float *a = args->a + row_begin * args->a_stride + k;
    if (collides) gemm_spread(a, args->a_stride, rows, depth, spread);
    const size_t a_stride = collides ? depth + 16 : args->a_stride;
    if (collides) a = spread;
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
      const char *next = gemm_deep_next(args, panel, panel_begin, panel_end, k, k + depth);
      float *sums = partial + (panel - panel_begin) * rows * GEMM_NR;
      size_t row = 0;
      for (size_t piece = 0; piece < tiles.pieces; piece++) {
        const size_t height = tiles.base + (piece < tiles.longer);
        gemm_slice slice = {
          a + row * a_stride, a_stride, k, k + depth, sums + row * GEMM_NR, tile_nothing_ahead()};
        if (next) slice.ahead = (tile_ahead){next + piece * depth * step, step};
        gemm_rows(height, args, &slice, row_begin + row, panel);
        row += height;
      }
    }
    k += depth;
  }
}

static __attribute__((noinline)) void gemm_deep(
  const weft_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
  size_t panel_end) {
  const weft_split chunks = weft_balance(row_end - row_begin, GEMM_DEEP_ROWS);
  for (size_t group = panel_begin; group < panel_end; group += GEMM_DEEP_PANELS) {
    const size_t group_end = weft_min(panel_end, group + GEMM_DEEP_PANELS);
    size_t row = row_begin;
    for (size_t chunk = 0; chunk < chunks.pieces; chunk++) {
      const size_t rows = chunks.base + (chunk < chunks.longer);
      gemm_deep_block(args, row, rows, group, group_end);
      row += rows;
    }
  }
}
