// X's rows rounded to bytes, 32 at a time: see weft_block_gemm_args.

// 32 of a row, and what follows from them.
typedef struct {
  float scale;
  float total;            // scale · Σ q
  int32_t minus_sum;      // -Σ q
  int32_t minus_half[2];  // of the first and the second 16
  int8_t q[32];
} block_left;

#define BLOCK_LINE ((size_t)64)

// An odd number of lines of the cache, so that the rows of a tile don't fall into the same ones of L1.
WEFT_INLINE size_t block_row_size(size_t k) {
  const size_t lines = (k / 32 * sizeof(block_left) + BLOCK_LINE - 1) / BLOCK_LINE;
  return (lines | 1) * BLOCK_LINE;
}

static size_t block_quantized_size(size_t rows, size_t k) {
  size_t size;
  if (k > SIZE_MAX / 64 || __builtin_mul_overflow(rows, block_row_size(k), &size)) return 0;
  return size > SIZE_MAX / 2 ? 0 : size;
}

// The bits of the largest magnitude of 32. Bits are ordered as magnitudes are, infinity and NaN behind all
// numbers.
WEFT_INLINE int32_t block_extent(const float *x) {
  vi most = vi_set1(0);
#pragma clang loop unroll(full)
  for (int i = 0; i < 32 / VW; i++) most = block_max(most, vi_bits(vf_abs(vf_load(x + i * VW))));
  return block_largest(most);
}

// Where `inverse` is 0 x may be infinite or NaN: q is any byte then, and the scale NaN.
WEFT_INLINE void block_round(const float *x, float scale, float inverse, block_left *out) {
  int32_t sums[2];
#pragma clang loop unroll(full)
  for (int half = 0; half < 2; half++) {
    vi q[16 / VW];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16 / VW; i++) {
      q[i] = vi_from_vf(vf_mul(vf_load(x + half * 16 + i * VW), vf_set1(inverse)));
    }
    sums[half] = block_store(out->q + half * 16, q);
  }
  out->scale = scale;
  out->total = scale * (float)(sums[0] + sums[1]);
  out->minus_sum = -(sums[0] + sums[1]);
  out->minus_half[0] = -sums[0];
  out->minus_half[1] = -sums[1];
}

#define BLOCK_TURN ((size_t)64)

// At most BLOCK_TURN times 32 of a row. In three sweeps, so that no division waits for its extent.
static void block_quantize_some(const float *x, size_t blocks, block_left *out) {
  int32_t extent[BLOCK_TURN];
  float scale[BLOCK_TURN], inverse[BLOCK_TURN];
  for (size_t b = 0; b < blocks; b++) extent[b] = block_extent(x + 32 * b);
  for (size_t b = 0; b < blocks; b++) {
    const float largest = weft_f32_from_bits((uint32_t)extent[b]);
    const bool good = extent[b] >= 0x08800000 && extent[b] < 0x7f800000;
    scale[b] = extent[b] < 0x7f800000 ? (good ? largest : 0.0f) / 127.0f : NAN;
    inverse[b] = good ? 127.0f / largest : 0.0f;
  }
  for (size_t b = 0; b < blocks; b++) block_round(x + 32 * b, scale[b], inverse[b], out + b);
}

static void block_quantize(const weft_block_quantize_args *args, size_t row_begin, size_t row_end) {
  const size_t blocks = args->k / 32, size = block_row_size(args->k);
  for (size_t i = row_begin; i < row_end; i++) {
    block_left *out = (block_left *)((uint8_t *)args->quantized + i * size);
    const float *x = args->x + i * args->x_stride;
    for (size_t b = 0; b < blocks; b += BLOCK_TURN) {
      block_quantize_some(x + 32 * b, weft_min(blocks - b, BLOCK_TURN), out + b);
    }
  }
}
