// Packing of B into panels of GEMM_NR columns: see weft_gemm_pack_args.
// Source rows or columns of stride 1 go through vectors; the rest element by element. Elements are
// widened on the way, and where they stay as stored narrowed again, which is exact.

static size_t gemm_packed_size(size_t k, size_t n) {
  size_t padded, size;
  if (__builtin_add_overflow(n, (size_t)GEMM_NR - 1, &padded)) return 0;
  padded = padded / GEMM_NR * GEMM_NR;
  if (__builtin_mul_overflow(padded, k, &size)) return 0;
  if (size > SIZE_MAX / sizeof(float)) return 0;
  return size;
}

// Floats to `packed` from element `at` on, in the type that it has.
WEFT_INLINE void gemm_pack_store(const weft_gemm_pack_args *args, size_t at, vf v) {
  switch (args->packed_type) {
    case WEFT_F16: vf_storen_f16((uint16_t *)args->packed + at, v, VW); return;
    case WEFT_BF16: vf_storen_bf16((uint16_t *)args->packed + at, v, VW); return;
    default: vf_store((float *)args->packed + at, v); return;
  }
}

// Columns lie next to each other: copy (and convert) rows.
WEFT_INLINE void gemm_pack_rows(
  const weft_gemm_pack_args *args, const weft_dtype type, size_t column, size_t columns,
  size_t out) {
  for (size_t i = 0; i < args->k; i++) {
    const size_t at = i * args->row_stride + column;
    for (size_t j = 0; j < GEMM_NR; j += VW) {
      const vf v = j < columns ? vf_load_typed(args->source, type, at + j, columns - j) : vf_set1(0);
      gemm_pack_store(args, out + i * GEMM_NR + j, v);
    }
  }
}

// The k elements of a column lie next to each other: transpose squares of VW.
WEFT_INLINE void gemm_pack_columns(
  const weft_gemm_pack_args *args, const weft_dtype type, size_t column, size_t columns,
  size_t out) {
  for (size_t j = 0; j < GEMM_NR; j += VW) {
    const size_t lanes = j < columns ? weft_min(columns - j, VW) : 0;
    const size_t base = (column + j) * args->column_stride;
    for (size_t i = 0; i < args->k; i += VW) {
      vf square[VW];
      for (size_t lane = 0; lane < VW; lane++) {
        square[lane] = lane < lanes
          ? vf_load_typed(args->source, type, base + lane * args->column_stride + i, args->k - i)
          : vf_set1(0);
      }
      vf_transpose(square);
      const size_t rows = weft_min(args->k - i, VW);
      for (size_t row = 0; row < rows; row++) {
        gemm_pack_store(args, out + (i + row) * GEMM_NR + j, square[row]);
      }
    }
  }
}

static void gemm_pack_any(
  const weft_gemm_pack_args *args, size_t column, size_t columns, size_t out) {
  for (size_t i = 0; i < args->k; i++) {
    for (size_t j = 0; j < GEMM_NR; j += VW) {
      float lanes[VW];
      for (size_t lane = 0; lane < VW; lane++) {
        const size_t at = i * args->row_stride + (column + j + lane) * args->column_stride;
        lanes[lane] = j + lane < columns ? weft_load_typed(args->source, args->type, at) : 0.0f;
      }
      gemm_pack_store(args, out + i * GEMM_NR + j, vf_load(lanes));
    }
  }
}

#define GEMM_PACK_TYPES(function)                                             \
  switch (args->type) {                                                       \
    case WEFT_F16: function(args, WEFT_F16, column, columns, out); break;     \
    case WEFT_BF16: function(args, WEFT_BF16, column, columns, out); break;   \
    default: function(args, WEFT_F32, column, columns, out); break;           \
  }

static void gemm_pack(const weft_gemm_pack_args *args, size_t panel_begin, size_t panel_end) {
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    const size_t column = panel * GEMM_NR;
    const size_t columns = weft_min(args->n - column, GEMM_NR);
    const size_t out = column * args->k;
    if (args->column_stride == 1) {
      GEMM_PACK_TYPES(gemm_pack_rows)
    } else if (args->row_stride == 1) {
      GEMM_PACK_TYPES(gemm_pack_columns)
    } else {
      gemm_pack_any(args, column, columns, out);
    }
  }
}
