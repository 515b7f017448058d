// X's rows rounded to bytes: see weft_int8_gemm_args. Two sweeps over a row, which stays in L1.

#ifndef INT8_OFFSET
#define INT8_OFFSET 0  // what the byte layer's left side stands below q
#endif

// A row: its scale and zero point, then from the next line of the cache on its bytes. An odd number
// of lines, so that the rows of a tile don't fall into the same lines of L1.
WEFT_INLINE size_t int8_row_size(size_t k) {
  const size_t lines = (k * sizeof(int8_quantized) + INT8_LINE - 1) / INT8_LINE;
  return ((1 + lines) | 1) * INT8_LINE;
}

typedef struct { float scale; int32_t zero; } int8_row;

WEFT_INLINE int8_row int8_row_of(const uint8_t *row) {
  int8_row r;
  memcpy(&r, row, sizeof r);
  return r;
}

static size_t int8_quantized_size(size_t rows, size_t k) {
  size_t size;
  if (k > WEFT_INT8_LARGEST_K || __builtin_mul_overflow(rows, int8_row_size(k), &size)) return 0;
  return size > SIZE_MAX / 2 ? 0 : size;
}

// How a row is rounded: q = min(255, round(x · inverse) + zero).
typedef struct { int8_row row; float inverse; } int8_rounding;

// vf_max and vf_min give their second operand where the first is NaN; `strange` becomes NaN where x
// holds NaN or an infinity.
WEFT_INLINE int8_rounding int8_rounding_of(const float *x, size_t k) {
  vf least[4], most[4], strange[4];
  for (int i = 0; i < 4; i++) least[i] = most[i] = strange[i] = vf_set1(0.0f);
  size_t at = 0;
  for (; at + 4 * VW <= k; at += 4 * VW) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
      const vf v = vf_load(x + at + (size_t)i * VW);
      least[i] = vf_min(v, least[i]);
      most[i] = vf_max(v, most[i]);
      strange[i] = vf_fma(v, vf_set1(0.0f), strange[i]);
    }
  }
  for (; at < k; at += VW) {
    const vf v = vf_load_tail(x + at, k - at);
    least[0] = vf_min(v, least[0]);
    most[0] = vf_max(v, most[0]);
    strange[0] = vf_fma(v, vf_set1(0.0f), strange[0]);
  }
  for (int i = 1; i < 4; i++) {
    least[0] = vf_min(least[i], least[0]);
    most[0] = vf_max(most[i], most[0]);
    strange[0] = vf_add(strange[i], strange[0]);
  }
  const float minus_low = vf_hmax(vf_sub(vf_set1(0.0f), least[0]));
  float range = vf_hmax(most[0]) + minus_low;
  if (range < 0x1p-110f) range = 0.0f;
  const float inverse = range > 0.0f ? 255.0f / range : 0.0f;
  // 0 or NaN, the latter also for a range that is infinite.
  const float nothing = (vf_hsum(strange[0]) + range) * 0.0f;
  // An infinite range has no zero point; its NaN scale says so.
  const float zero = range < INFINITY ? rintf(minus_low * inverse) : 0.0f;
  return (int8_rounding){{range / 255.0f + nothing, (int32_t)zero}, inverse};
}

WEFT_INLINE void int8_round(const float *x, size_t k, int8_rounding by, uint8_t *out) {
  by.row.zero -= INT8_OFFSET;
  memcpy(out, &by.row, sizeof by.row);
  int8_quantized *bytes = (int8_quantized *)(out + INT8_LINE);
  const vf factor = vf_set1(by.inverse);
  const vi zero = vi_set1(by.row.zero);
  size_t at = 0;
  for (; at + 4 * VW <= k; at += 4 * VW) {
#pragma clang loop unroll(full)
    for (size_t j = at; j < at + 4 * VW; j += VW) {
      int8_store(bytes + j, vi_add(vi_from_vf(vf_mul(vf_load(x + j), factor)), zero));
    }
  }
  for (; at < k; at += VW) {
    const vf v = vf_load_tail(x + at, k - at);
    int8_store(bytes + at, vi_add(vi_from_vf(vf_mul(v, factor)), zero));
  }
}

// Two rows by turns: a row's division waits for its last element.
static void int8_quantize(const weft_int8_quantize_args *args, size_t row_begin, size_t row_end) {
  const size_t row_size = int8_row_size(args->k), k = args->k;
  uint8_t *out = (uint8_t *)args->quantized;
  size_t i = row_begin;
  for (; i + 2 <= row_end; i += 2) {
    const float *x = args->x + i * args->x_stride, *next = x + args->x_stride;
    const int8_rounding first = int8_rounding_of(x, k), second = int8_rounding_of(next, k);
    int8_round(x, k, first, out + i * row_size);
    int8_round(next, k, second, out + (i + 1) * row_size);
  }
  if (i < row_end) {
    const float *x = args->x + i * args->x_stride;
    int8_round(x, k, int8_rounding_of(x, k), out + i * row_size);
  }
}
