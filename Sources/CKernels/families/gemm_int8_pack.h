// W's panels as the product of bytes reads them: see weft_int8_gemm_args. A panel holds the scales
// and the sums of GEMM_NR columns, then, for each four of k, their four bytes column by column.

#ifndef INT8_MR
#define INT8_MR GEMM_MR
#endif

#define INT8_LINE ((size_t)64)
#define INT8_HEADER (2 * GEMM_NR * sizeof(float))

WEFT_INLINE size_t int8_panel_size(size_t k) {
  const size_t bytes = INT8_HEADER + (k + 3) / 4 * 4 * GEMM_NR;
  return (bytes + INT8_LINE - 1) / INT8_LINE * INT8_LINE;
}

static size_t int8_packed_size(size_t k, size_t n) {
  size_t padded, size;
  if (k > WEFT_INT8_LARGEST_K || __builtin_add_overflow(n, (size_t)GEMM_NR - 1, &padded)) return 0;
  if (__builtin_mul_overflow(padded / GEMM_NR, int8_panel_size(k), &size)) return 0;
  return size > SIZE_MAX / 2 ? 0 : size;
}

// The k bytes of a column lie next to each other: words of four.
static void int8_pack_columns(
  const weft_int8_pack_args *args, const int8_t *source, size_t columns, int8_t *out, int32_t *sums) {
  const size_t groups = args->k / 4;
  for (size_t i = 0; i < groups; i++) {
    for (size_t j = 0; j < columns; j++) {
      memcpy(out + (i * GEMM_NR + j) * 4, source + j * args->column_stride + 4 * i, 4);
    }
  }
  for (size_t j = 0; j < columns; j++) {
    const int8_t *column = source + j * args->column_stride;
    int32_t sum = 0;
    for (size_t i = 0; i < args->k; i++) sum += column[i];
    sums[j] = sum;
    for (size_t i = 4 * groups; i < args->k; i++) out[(groups * GEMM_NR + j) * 4 + i % 4] = column[i];
  }
}

static void int8_pack_any(
  const weft_int8_pack_args *args, const int8_t *source, size_t columns, int8_t *out, int32_t *sums) {
  for (size_t i = 0; i < args->k; i++) {
    for (size_t j = 0; j < columns; j++) {
      const int8_t w = source[i * args->row_stride + j * args->column_stride];
      out[(i / 4 * GEMM_NR + j) * 4 + i % 4] = w;
      sums[j] += w;
    }
  }
}

static void int8_pack(const weft_int8_pack_args *args, size_t panel_begin, size_t panel_end) {
  const size_t size = int8_panel_size(args->k);
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    const size_t column = panel * GEMM_NR;
    const size_t columns = weft_min(args->n - column, GEMM_NR);
    uint8_t *out = (uint8_t *)args->packed + panel * size;
    int8_t *bytes = (int8_t *)out + INT8_HEADER;
    const int8_t *source = args->source + column * args->column_stride;
    int32_t sums[GEMM_NR] = {0};
    memset(out, 0, INT8_HEADER);
    if (columns < GEMM_NR) memset(bytes, 0, size - INT8_HEADER);
    else memset(bytes + args->k / 4 * 4 * GEMM_NR, 0, size - INT8_HEADER - args->k / 4 * 4 * GEMM_NR);
    if (args->row_stride == 1) {
      int8_pack_columns(args, source, columns, bytes, sums);
    } else {
      int8_pack_any(args, source, columns, bytes, sums);
    }
    memcpy(out, (const uint8_t *)args->scales + column * sizeof(float), columns * sizeof(float));
    memcpy(out + GEMM_NR * sizeof(float), sums, sizeof sums);
  }
}
