// The way of a tile from registers to memory: activation, multiplier and residual of weft_gemm_args.
// Shared by the matrix products of all types.

// What a product of bytes makes of WEFT_ACTIVATION_GELU_ERF.
#define GEMM_GELU_SHORT ((weft_activation)(WEFT_ACTIVATION_TANH + 1))

WEFT_INLINE vf gemm_activate(const weft_activation activation, vf v) {
  switch ((int)activation) {
    case GEMM_GELU_SHORT: return math_gelu_erf_short(v);
    case WEFT_ACTIVATION_RELU: return math_relu(v);
    case WEFT_ACTIVATION_GELU_ERF: return math_gelu_erf(v);
    case WEFT_ACTIVATION_GELU_TANH: return math_gelu_tanh(v);
    case WEFT_ACTIVATION_SILU: return math_silu(v);
    case WEFT_ACTIVATION_SIGMOID: return math_sigmoid(v);
    case WEFT_ACTIVATION_TANH: return math_tanh(v);
    default: return v;
  }
}

WEFT_INLINE vf gemm_combine(const weft_gemm_args *args, vf v, size_t row, size_t column, size_t n) {
  if (args->multiplier) {
    v = vf_mul(v, vf_load_tail(args->multiplier + row * args->multiplier_stride + column, n));
  }
  if (args->residual) {
    v = vf_add(v, vf_load_tail(args->residual + row * args->residual_stride + column, n));
  }
  return v;
}

WEFT_INLINE void gemm_finish_as(
  const weft_gemm_args *args, const weft_activation activation, const float *tile, size_t row,
  size_t rows, size_t column, size_t columns) {
  // The usual case without a question in its loop: 5 % of a product of bytes with k = 384.
  if (columns == GEMM_NR && !args->multiplier && !args->residual) {
    float *c = args->c + row * args->c_stride + column;
    for (size_t r = 0; r < rows; r++, c += args->c_stride) {
#pragma clang loop unroll(full)
      for (int j = 0; j < GEMM_NR; j += VW) {
        vf_store(c + j, gemm_activate(activation, vf_load(tile + r * GEMM_NR + j)));
      }
    }
    return;
  }
  for (size_t r = 0; r < rows; r++) {
    for (size_t j = 0; j < columns; j += VW) {
      const size_t n = columns - j;
      vf v = gemm_activate(activation, vf_load(tile + r * GEMM_NR + j));
      v = gemm_combine(args, v, row + r, column + j, n);
      vf_store_tail(args->c + (row + r) * args->c_stride + column + j, v, n);
    }
  }
}

#define GEMM_FINISH(name) \
  case name: gemm_finish_as(args, name, tile, row, rows, column, columns); break;

// Out of line: seven activations in every height of tile would be a hundred copies.
static __attribute__((noinline)) void gemm_finish(
  const weft_gemm_args *args, const float *tile, size_t row, size_t rows, size_t column,
  size_t columns) {
  switch ((int)args->activation) {
    GEMM_FINISH(GEMM_GELU_SHORT)
    GEMM_FINISH(WEFT_ACTIVATION_RELU)
    GEMM_FINISH(WEFT_ACTIVATION_GELU_ERF)
    GEMM_FINISH(WEFT_ACTIVATION_GELU_TANH)
    GEMM_FINISH(WEFT_ACTIVATION_SILU)
    GEMM_FINISH(WEFT_ACTIVATION_SIGMOID)
    GEMM_FINISH(WEFT_ACTIVATION_TANH)
    default: gemm_finish_as(args, WEFT_ACTIVATION_NONE, tile, row, rows, column, columns); break;
  }
}

// acc[mr][panels · GEMM_NV], scaled and with its bias, to rows and columns from `row` and `column`,
// of which `columns` are there. Both ways out compute the same bits.
WEFT_INLINE void gemm_store(
  const int mr, const int panels, const weft_gemm_args *args, size_t row, size_t column,
  size_t columns, const vf *acc) {
  const int nv = panels * GEMM_NV;
  if (columns == (size_t)nv * VW && args->activation == WEFT_ACTIVATION_NONE) {
    float *c = args->c + row * args->c_stride + column;
    if (!args->multiplier && !args->residual) {
#pragma clang loop unroll(full)
      for (int r = 0; r < mr; r++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < nv; j++) vf_store(c + (size_t)r * args->c_stride + j * VW, acc[r * nv + j]);
      }
      return;
    }
    if (!args->multiplier) {
      const float *residual = args->residual + row * args->residual_stride + column;
#pragma clang loop unroll(full)
      for (int r = 0; r < mr; r++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < nv; j++) {
          const vf other = vf_load(residual + (size_t)r * args->residual_stride + j * VW);
          vf_store(c + (size_t)r * args->c_stride + j * VW, vf_add(acc[r * nv + j], other));
        }
      }
      return;
    }
  }
  float tile[GEMM_MR * GEMM_NR];
#pragma clang loop unroll(full)
  for (int p = 0; p < panels; p++) {
    if ((size_t)p * GEMM_NR >= columns) break;
#pragma clang loop unroll(full)
    for (int r = 0; r < mr; r++) {
#pragma clang loop unroll(full)
      for (int j = 0; j < GEMM_NV; j++) {
        vf_store(tile + r * GEMM_NR + j * VW, acc[r * nv + p * GEMM_NV + j]);
      }
    }
    const size_t left = columns - (size_t)p * GEMM_NR;
    gemm_finish(
      args, tile, row, (size_t)mr, column + (size_t)p * GEMM_NR, weft_min(left, GEMM_NR));
  }
}
