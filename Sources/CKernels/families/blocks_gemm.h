// C = epilogue(X · Wᵀ), W in blocks: see weft_block_gemm_args. A tile of rows by one panel: for each 32 of
// k integers are summed in registers, then scaled and added to sums in f32.

// So far before it is read a panel is asked for, in L1: with one row 40 of 43 GB/s instead of 38, with
// eight, whose window of instructions holds few loads, 23 instead of 9 (q4_0, one thread of a Zen 5).
#define BLOCK_AHEAD ((size_t)6144)

// acc[mr][GEMM_NV] += 32 of k, which part `part` of the block at `panel` holds; `odd` says which of two
// parts, x are the rows' 32.
WEFT_INLINE void block_multiply(
  const weft_block_format format, const int mr, const uint8_t *panel, size_t part, const int odd,
  const block_left *const *x, size_t at, vf *acc) {
  const block_layout layout = block_layout_of(format);
  const size_t head = (2 * layout.halves + layout.bytes) * GEMM_NR;
  const uint8_t *words = panel + head + part * 4 * layout.bits * GEMM_NR;
  const bool halves = format == WEFT_Q6_K;
  block_scales scales;
#pragma clang loop unroll(full)
  for (int j = 0; j < GEMM_NV; j++) block_scales_of(layout, panel, part, odd, j, &scales);
  vf partial[BLOCK_MR * GEMM_NV];
#pragma clang loop unroll(full)
  for (int half = 0; half < (halves ? 2 : 1); half++) {
    const int begin = half * 4, end = halves ? begin + 4 : 8;
    // One row has two chains for each sum, which would wait for its own products (q4_k 83, then 91 % of
    // the speed of memory on a Zen 5).
    const int chains = mr == 1 ? 2 : 1;
    vi sums[BLOCK_MR * GEMM_NV], others[BLOCK_MR * GEMM_NV];
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      vi sum = vi_set1(0);
      if (layout.zero) {
        const int32_t *minus = halves ? x[r][at].minus_half + half : &x[r][at].minus_sum;
        sum = block_times(vi_set1(*minus), layout.zero);
      }
#pragma clang loop unroll(full)
      for (int j = 0; j < GEMM_NV; j++) {
        sums[r * GEMM_NV + j] = sum;
        others[r * GEMM_NV + j] = vi_set1(0);
      }
    }
    BLOCK_UNROLL
    for (int g = begin; g < end; g++) {
      vi w[GEMM_NV];
#pragma clang loop unroll(full)
      for (int j = 0; j < GEMM_NV; j++) w[j] = block_weights(layout.bits, words, g, j);
#pragma clang loop unroll(full)
      for (int r = 0; r < mr; r++) {
        const block_four a = block_broadcast(x[r][at].q + 4 * g);
#pragma clang loop unroll(full)
        for (int j = 0; j < GEMM_NV; j++) {
          vi *sum = (g % 2 < chains - 1 ? others : sums) + r * GEMM_NV + j;
          *sum = block_dot(*sum, w[j], a, layout.bits < 8);
        }
      }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
#pragma clang loop unroll(full)
      for (int j = 0; j < GEMM_NV; j++) {
        const int i = r * GEMM_NV + j;
        const vf sum = vf_from_vi(chains > 1 ? vi_add(sums[i], others[i]) : sums[i]);
        if (half == 0) partial[i] = vf_mul(sum, scales.first[j]);
        else partial[i] = vf_fma(sum, scales.second[j], partial[i]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < mr; r++) {
    const vf scale = vf_set1(x[r][at].scale), total = vf_set1(x[r][at].total);
#pragma clang loop unroll(full)
    for (int j = 0; j < GEMM_NV; j++) {
      const int i = r * GEMM_NV + j;
      acc[i] = vf_fma(partial[i], scale, acc[i]);
      if (layout.minimum) acc[i] = vf_fma(scales.minimum[j], total, acc[i]);
    }
  }
}

// acc[mr][GEMM_NV], scaled and with its bias, through activation and the rest to memory.
WEFT_INLINE void block_finish(
  const int mr, const weft_gemm_args *product, size_t row, size_t rows, size_t panel,
  const vf *acc) {
  const size_t column = panel * GEMM_NR, columns = weft_min(product->n - column, GEMM_NR);
  const vf scale = vf_set1(product->scale);
  float tile[BLOCK_MR * GEMM_NR];
#pragma clang loop unroll(full)
  for (int j = 0; j < GEMM_NV; j++) {
    const size_t at = (size_t)j * VW;
    const vf bias = product->bias && at < columns
      ? vf_load_tail(product->bias + column + at, columns - at) : vf_set1(0.0f);
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
      vf_store(tile + r * GEMM_NR + at, vf_fma(acc[r * GEMM_NV + j], scale, bias));
    }
  }
  gemm_finish(product, tile, row, rows, column, columns);
}

// `rows` rows, at most mr: those that are missing are computed as the last. `fetch`: what is asked for
// meanwhile, a panel.
WEFT_INLINE void block_tile(
  const weft_block_format format, const int mr, const weft_block_gemm_args *args, size_t row,
  size_t rows, size_t panel, const uint8_t *fetch) {
  const weft_gemm_args *product = &args->product;
  const block_layout layout = block_layout_of(format);
  const size_t row_size = block_row_size(product->k), step = block_panel_bytes(layout);
  const size_t parts = layout.elements / 32, blocks = product->k / layout.elements;
  const uint8_t *packed = (const uint8_t *)args->packed + panel * blocks * step;
  const block_left *x[BLOCK_MR];
#pragma clang loop unroll(full)
  for (int r = 0; r < mr; r++) {
    const size_t at = row + weft_min((size_t)r, rows - 1);
    x[r] = (const block_left *)((const uint8_t *)args->quantized + at * row_size);
  }
  vf acc[BLOCK_MR * GEMM_NV];
#pragma clang loop unroll(full)
  for (int i = 0; i < mr * GEMM_NV; i++) acc[i] = vf_set1(0.0f);
  const size_t share = parts > 1 ? step / (parts / 2) : step;
  for (size_t b = 0; b < blocks; b++, packed += step) {
    for (size_t part = 0; part < parts; part += 2) {
      for (size_t line = 0; line < share; line += BLOCK_LINE) __builtin_prefetch(fetch + line, 0, 3);
      fetch += share;
      const size_t at = b * parts + part;
      block_multiply(format, mr, packed, part, 0, x, at, acc);
      if (parts > 1) block_multiply(format, mr, packed, part + 1, 1, x, at + 1, acc);
    }
  }
  block_finish(mr, product, row, rows, panel, acc);
}

// Rows of a tile at most: blocks of 256 need registers for their scales.
WEFT_INLINE size_t block_most_rows(const weft_block_format format) {
  return block_layout_of(format).elements == 32 ? BLOCK_MR : weft_min(BLOCK_MR, 6);
}

#if BLOCK_MR >= 8
#define BLOCK_HEIGHTS_HIGH(CALL, format) CALL(format, 6) CALL(format, 8)
#elif BLOCK_MR >= 6
#define BLOCK_HEIGHTS_HIGH(CALL, format) CALL(format, 6)
#else
#define BLOCK_HEIGHTS_HIGH(CALL, format)
#endif
// A copy for few heights, the lowest that suffices: there are eight formats.
#define BLOCK_HEIGHTS(CALL, format)                                                        \
  CALL(format, 1) CALL(format, 2) CALL(format, 4) BLOCK_HEIGHTS_HIGH(CALL, format)

#define BLOCK_HEIGHT(format, m)                                                            \
  if (rows <= m && m <= block_most_rows(format)) {                                         \
    block_tile(format, m, args, row, rows, panel, fetch);                                  \
    return;                                                                               \
  }
#define BLOCK_ROWS(format)                                                                 \
  static __attribute__((noinline)) void block_rows_##format(                               \
    const weft_block_gemm_args *args, size_t row, size_t rows, size_t panel,               \
    const uint8_t *fetch) {                                                               \
    BLOCK_HEIGHTS(BLOCK_HEIGHT, format)                                                    \
  }
BLOCK_FORMATS(BLOCK_ROWS)

WEFT_INLINE void block_rows(
  const weft_block_gemm_args *args, size_t row, size_t rows, size_t panel, const uint8_t *fetch) {
  switch (args->format) {
#define BLOCK_ROWS_CALL(format)                                                            \
  case format: block_rows_##format(args, row, rows, panel, fetch); return;
    BLOCK_FORMATS(BLOCK_ROWS_CALL)
  }
}

static void block_gemm(
  const weft_block_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
  size_t panel_end) {
  if (row_begin >= row_end) return;
  const weft_split split = weft_balance(row_end - row_begin, block_most_rows(args->format));
  const size_t size = block_panel_size(args->format, args->product.k);
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    const uint8_t *fetch = (const uint8_t *)args->packed + panel * size + BLOCK_AHEAD;
    // With the last panel what the caller reads next.
    if (panel + 1 == panel_end && args->product.ahead) fetch = args->product.ahead;
    size_t row = row_begin;
    for (size_t piece = 0; piece < split.pieces; piece++) {
      const size_t rows = split.base + (piece < split.longer);
      block_rows(args, row, rows, panel, fetch);
      row += rows;
    }
  }
}
