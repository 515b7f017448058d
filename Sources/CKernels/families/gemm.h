// C = epilogue(A · B), B packed: see weft_gemm_args. Tiles of GEMM_MR × GEMM_NR.
// Rows are split into tiles of nearly equal height (128 = 8·13 + 2·12), as a short last tile would
// wait for its own multiply-adds. Where k is small (here) a panel of B is read from L2 for each row
// tile, and the next panel is fetched meanwhile; where it is large, see gemm_deep.h.

// The part of a product that one tile computes at a time: some rows of A, all or some of k.
typedef struct {
  const float *a;         // the tile's first row, from k_begin on
  size_t a_stride;
  size_t k_begin, k_end;
  float *partial;         // [rows][GEMM_NR]: the sums up to k_begin, then those up to k_end
  tile_ahead ahead;
} gemm_slice;

// Element `at` of packed B.
WEFT_INLINE const char *gemm_packed_at(const weft_gemm_args *args, size_t at) {
  return (const char *)args->packed + at * (args->packed_type == WEFT_F32 ? 4 : 2);
}

// Bytes of one row of a panel.
WEFT_INLINE size_t gemm_row_bytes(const weft_gemm_args *args) {
  return GEMM_NR * (args->packed_type == WEFT_F32 ? 4 : 2);
}

// From so many floats on rows of a result lie so far apart that their first touch shows.
#define GEMM_WIDE ((size_t)2048)

// Asks for the rows that the tile's results are added to, and for those that they go to where rows are
// wide: by the end they are there (88 against 86 % of the peak at 1024 × 3072 × 768 on a Zen 5; with
// a residual 87 against 76).
WEFT_INLINE void gemm_fetch_results(
  const int mr, const weft_gemm_args *args, size_t row, size_t column, size_t columns) {
  const bool wide = args->c_stride >= GEMM_WIDE;
  if (!args->residual && !wide) return;
  for (int r = 0; r < mr; r++) {
    const size_t at = row + (size_t)r;
    for (size_t j = column; j < column + columns; j += 64 / sizeof(float)) {
      if (args->residual) __builtin_prefetch(args->residual + at * args->residual_stride + j, 0, 3);
      if (wide) __builtin_prefetch(args->c + at * args->c_stride + j, 1, 3);
    }
  }
}

// mr rows by `panels` whole or cut panels. A sum that rests in `partial` goes on where it stopped:
// the same bits as in one go.
WEFT_INLINE void gemm_tile(
  const int mr, const int panels, const weft_dtype type, const weft_gemm_args *args,
  const gemm_slice *slice, size_t row, size_t panel) {
  const int nv = panels * GEMM_NV;
  const size_t column = panel * GEMM_NR;
  const size_t columns = weft_min(args->n - column, (size_t)panels * GEMM_NR);
  vf acc[GEMM_MR * GEMM_NV + 16];
  if (slice->k_end == args->k) gemm_fetch_results(mr, args, row, column, columns);
  if (slice->k_begin == 0) {
    tile_zero(mr * nv, acc);
  } else {
#pragma clang loop unroll(full)
    for (int i = 0; i < mr * nv; i++) acc[i] = vf_load(slice->partial + i * VW);
  }
  tile_multiply_typed(
    mr, nv, type, slice->k_end - slice->k_begin, slice->a, slice->a_stride, 1,
    gemm_packed_at(args, column * args->k + slice->k_begin * GEMM_NR), args->k * GEMM_NR,
    slice->ahead, acc);
  if (slice->k_end < args->k) {
#pragma clang loop unroll(full)
    for (int i = 0; i < mr * nv; i++) vf_store(slice->partial + i * VW, acc[i]);
    return;
  }

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

// A copy for each type of packed elements.
#define GEMM_ROWS(name)                                                                   \
  static __attribute__((noinline)) void gemm_rows_##name(                                 \
    size_t rows, const weft_gemm_args *args, const gemm_slice *slice, size_t row,         \
    size_t panel) {                                                                       \
    TILE_SWITCH(rows, GEMM_CALL_##name)                                                   \
  }
#define GEMM_CALL_f32(m) gemm_tile(m, 1, WEFT_F32, args, slice, row, panel)
#define GEMM_CALL_f16(m) gemm_tile(m, 1, WEFT_F16, args, slice, row, panel)
#define GEMM_CALL_bf16(m) gemm_tile(m, 1, WEFT_BF16, args, slice, row, panel)
GEMM_ROWS(f32)
GEMM_ROWS(f16)
GEMM_ROWS(bf16)

WEFT_INLINE void gemm_rows(
  size_t rows, const weft_gemm_args *args, const gemm_slice *slice, size_t row, size_t panel) {
  switch (args->packed_type) {
    case WEFT_F16: gemm_rows_f16(rows, args, slice, row, panel); return;
    case WEFT_BF16: gemm_rows_bf16(rows, args, slice, row, panel); return;
    default: gemm_rows_f32(rows, args, slice, row, panel); return;
  }
}

// A few rows: several panels at once, so that enough chains of multiply-adds are under way to
// stream B at the speed of memory.
WEFT_INLINE void gemm_few_rows_of(
  const weft_dtype type, const weft_gemm_args *args, size_t row, size_t rows, size_t panel_begin,
  size_t panel_end) {
  const gemm_slice slice
    = {args->a + row * args->a_stride, args->a_stride, 0, args->k, NULL, tile_nothing_ahead()};
  size_t panel = panel_begin;
  if (rows == 1) {
    for (; panel + 4 <= panel_end; panel += 4) gemm_tile(1, 4, type, args, &slice, row, panel);
  } else if (rows == 2) {
    for (; panel + 2 <= panel_end; panel += 2) gemm_tile(2, 2, type, args, &slice, row, panel);
  }
#if GEMM_MR >= 14
  else if (rows == 3) {
    for (; panel + 2 <= panel_end; panel += 2) gemm_tile(3, 2, type, args, &slice, row, panel);
  } else if (rows == 4) {
    for (; panel + 2 <= panel_end; panel += 2) gemm_tile(4, 2, type, args, &slice, row, panel);
  }
#endif
  for (; panel < panel_end; panel++) {
    const char *stream = gemm_packed_at(args, panel * GEMM_NR * args->k) + TILE_STREAM;
    gemm_slice one = slice;
    one.ahead = (tile_ahead){stream, gemm_row_bytes(args)};
    gemm_rows(rows, args, &one, row, panel);
  }
}

static __attribute__((noinline)) void gemm_few_rows(
  const weft_gemm_args *args, size_t row, size_t rows, size_t panel_begin, size_t panel_end) {
  switch (args->packed_type) {
    case WEFT_F16: gemm_few_rows_of(WEFT_F16, args, row, rows, panel_begin, panel_end); return;
    case WEFT_BF16: gemm_few_rows_of(WEFT_BF16, args, row, rows, panel_begin, panel_end); return;
    default: gemm_few_rows_of(WEFT_F32, args, row, rows, panel_begin, panel_end); return;
  }
}

#include "gemm_deep.h"

// Floats of A that one chunk of rows may have, so that they stay in L2.
#define GEMM_CHUNK_FLOATS ((size_t)98304)

// What is fetched while all tiles of rows meet one panel: for each tile `share` bytes, `step` with
// each turn.
typedef struct { const char *at; size_t share, step; } gemm_fetch;

// The next panel; after the last, what the caller will read.
WEFT_INLINE gemm_fetch gemm_next(
  const weft_gemm_args *args, size_t panel, size_t panel_end, size_t pieces) {
  const size_t row = gemm_row_bytes(args);
  if (panel + 1 == panel_end && args->ahead) {
    const size_t turns = weft_max(args->k * pieces, 1);
    const size_t step = weft_min((args->ahead_bytes + turns - 1) / turns, row / pieces);
    return (gemm_fetch){(const char *)args->ahead, args->k * step, step};
  }
  const bool more = (panel + 1) * GEMM_NR < args->n;
  const size_t step = row / pieces;
  return (gemm_fetch){
    more ? gemm_packed_at(args, (panel + 1) * args->k * GEMM_NR) : NULL, args->k * step, step};
}

// All of k for some rows: panel after panel, each tile fetching its share of the panel after.
static void gemm_shallow(
  const weft_gemm_args *args, size_t row_begin, size_t rows, size_t panel_begin,
  size_t panel_end) {
  const weft_split tiles = weft_balance(rows, GEMM_MR);
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    const gemm_fetch next = gemm_next(args, panel, panel_end, tiles.pieces);
    size_t row = row_begin;
    for (size_t piece = 0; piece < tiles.pieces; piece++) {
      const size_t height = tiles.base + (piece < tiles.longer);
      gemm_slice slice
        = {args->a + row * args->a_stride, args->a_stride, 0, args->k, NULL, tile_nothing_ahead()};
      if (next.at) slice.ahead = (tile_ahead){next.at + piece * next.share, next.step};
      gemm_rows(height, args, &slice, row, panel);
      row += height;
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
  if (gemm_is_deep(args)) {
    gemm_deep(args, row_begin, row_end, panel_begin, panel_end);
    return;
  }
  const size_t fitting = weft_max(4 * GEMM_MR, GEMM_CHUNK_FLOATS / weft_max(args->k, 1));
  const weft_split chunks = weft_balance(row_end - row_begin, fitting);
  size_t row = row_begin;
  for (size_t chunk = 0; chunk < chunks.pieces; chunk++) {
    const size_t rows = chunks.base + (chunk < chunks.longer);
    gemm_shallow(args, row, rows, panel_begin, panel_end);
    row += rows;
  }
}
