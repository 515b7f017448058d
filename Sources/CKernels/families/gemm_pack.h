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

// Whole panels of 16 bits that stay as they are: pairs of neighbours along k are transposed together.
// Returns how much of k is done. Each turn asks for as much of what is read next as it writes.
static size_t gemm_pack_pairs(const weft_gemm_pack_args *args, size_t column, size_t out) {
  const size_t turn = 2 * VW;
  const uint16_t *source = (const uint16_t *)args->source + column * args->column_stride;
  const char *ahead = (const char *)args->ahead;
  size_t i = 0;
  for (; i + turn <= args->k; i += turn) {
    uint16_t *to = (uint16_t *)args->packed + out + i * GEMM_NR;
    for (size_t j = 0; j < GEMM_NR; j += VW) {
      vf square[VW];
#pragma clang loop unroll(full)
      for (size_t lane = 0; lane < VW; lane++) {
        square[lane] = vf_load_bytes(source + (j + lane) * args->column_stride + i);
        if (ahead && lane % (64 / (VW * 4)) == 0) {
          __builtin_prefetch(ahead, 0, 2);
          ahead += 64;
        }
      }
      vf_transpose(square);
#pragma clang loop unroll(full)
      for (size_t row = 0; row < VW; row++) {
        const vi pair = vi_bits(square[row]);
        vi_store_low(to + 2 * row * GEMM_NR + j, pair);
        vi_store_low(to + (2 * row + 1) * GEMM_NR + j, vi_sra(pair, 16));
      }
    }
  }
  return i;
}

// The k elements of a column lie next to each other: transpose squares of VW.
WEFT_INLINE void gemm_pack_columns(
  const weft_gemm_pack_args *args, const weft_dtype type, size_t column, size_t columns,
  size_t out) {
  const bool pairs = type != WEFT_F32 && args->packed_type == type && columns == GEMM_NR;
  const size_t begin = pairs ? gemm_pack_pairs(args, column, out) : 0;
  for (size_t j = 0; j < GEMM_NR; j += VW) {
    const size_t lanes = j < columns ? weft_min(columns - j, VW) : 0;
    const size_t base = (column + j) * args->column_stride;
    for (size_t i = begin; i < args->k; i += VW) {
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
