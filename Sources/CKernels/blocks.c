// Blocks one by one, in plain C: sizes, decoding, rows by index.
#include "families/common.h"

// A product and a sum are rounded one by one, as by whoever wrote the file.
#pragma STDC FP_CONTRACT OFF

size_t weft_block_elements(weft_block_format format) {
  switch (format) {
    case WEFT_Q8_0: case WEFT_Q4_0: case WEFT_Q4_1: case WEFT_Q5_0: case WEFT_Q5_1: return 32;
    case WEFT_Q4_K: case WEFT_Q5_K: case WEFT_Q6_K: return 256;
    default: return 0;
  }
}

size_t weft_block_bytes(weft_block_format format) {
  static const uint8_t bytes[] = {34, 18, 20, 22, 24, 144, 176, 210};
  return weft_block_elements(format) ? bytes[format] : 0;
}

typedef struct { const uint8_t *quants; const uint8_t *upper; int32_t zero; float d, m; } block_of_32;

static float block_half(const uint8_t *at) {
  uint16_t half;
  memcpy(&half, at, sizeof half);
  return weft_f32_from_f16(half);
}

static void block_decode_32(const block_of_32 block, bool minimum, float *out) {
  uint32_t upper = 0;
  if (block.upper) memcpy(&upper, block.upper, sizeof upper);
  for (int i = 0; i < 32; i++) {
    const int32_t low = i < 16 ? block.quants[i] & 15 : block.quants[i - 16] >> 4;
    const float q = (float)((low | (int32_t)(upper >> i & 1) << 4) - block.zero);
    out[i] = block.d * q;
    if (minimum) out[i] = out[i] + block.m;
  }
}

static void block_decode_parts(
  const uint8_t *block, const uint8_t *quants, const uint8_t *upper, float *out) {
  const float d = block_half(block), m = block_half(block + 2);
  const uint8_t *scales = block + 4;
  for (int part = 0; part < 8; part++) {
    const int32_t s = part < 4 ? scales[part] & 63
      : (scales[part + 4] & 15) | scales[part - 4] >> 6 << 4;
    const int32_t t = part < 4 ? scales[part + 4] & 63
      : scales[part + 4] >> 4 | scales[part] >> 6 << 4;
    const float scale = d * (float)s, least = m * (float)t;
    for (int i = 0; i < 32; i++) {
      int32_t q = quants[part / 2 * 32 + i] >> (part % 2 * 4) & 15;
      if (upper) q |= (upper[i] >> part & 1) << 4;
      const float product = scale * (float)q;
      out[part * 32 + i] = product - least;
    }
  }
}

static void block_decode_six(const uint8_t *block, float *out) {
  const float d = block_half(block + 208);
  const int8_t *scales = (const int8_t *)block + 192;
  for (int part = 0; part < 8; part++) {
    const int half = part / 4, quarter = part % 4;
    const uint8_t *lower = block + half * 64 + quarter % 2 * 32, *upper = block + 128 + half * 32;
    for (int i = 0; i < 32; i++) {
      const float scale = d * (float)scales[part * 2 + i / 16];
      const int32_t q = (lower[i] >> (quarter < 2 ? 0 : 4) & 15) | (upper[i] >> (2 * quarter) & 3) << 4;
      out[part * 32 + i] = scale * (float)(q - 32);
    }
  }
}

static void block_decode_one(const weft_block_format format, const uint8_t *block, float *out) {
  const float d = block_half(block), m = block_half(block + 2);
  switch (format) {
    case WEFT_Q8_0:
      for (int i = 0; i < 32; i++) out[i] = (float)(int8_t)block[2 + i] * d;
      return;
    case WEFT_Q4_0: block_decode_32((block_of_32){block + 2, NULL, 8, d, 0}, false, out); return;
    case WEFT_Q4_1: block_decode_32((block_of_32){block + 4, NULL, 0, d, m}, true, out); return;
    case WEFT_Q5_0: block_decode_32((block_of_32){block + 6, block + 2, 16, d, 0}, false, out); return;
    case WEFT_Q5_1: block_decode_32((block_of_32){block + 8, block + 4, 0, d, m}, true, out); return;
    case WEFT_Q4_K: block_decode_parts(block, block + 16, NULL, out); return;
    case WEFT_Q5_K: block_decode_parts(block, block + 48, block + 16, out); return;
    case WEFT_Q6_K: block_decode_six(block, out); return;
  }
}

void weft_block_decode(weft_block_format format, const void *source, size_t count, float *out) {
  const size_t bytes = weft_block_bytes(format), elements = weft_block_elements(format);
  for (size_t i = 0; i < count; i++) {
    block_decode_one(format, (const uint8_t *)source + i * bytes, out + i * elements);
  }
}

size_t weft_block_gather(const weft_block_gather_args *args, size_t begin, size_t end) {
  const size_t blocks = args->width / weft_block_elements(args->format);
  const size_t row_bytes = blocks * weft_block_bytes(args->format);
  size_t bad = SIZE_MAX;
  for (size_t i = begin; i < end; i++) {
    const int64_t at = args->index_type == WEFT_I64
      ? ((const int64_t *)args->index)[i] : (int64_t)((const int32_t *)args->index)[i];
    float *out = args->out + i * args->width;
    if (at >= 0 && (uint64_t)at < (uint64_t)args->table_rows) {
      const uint8_t *row = (const uint8_t *)args->table + (size_t)at * row_bytes;
      weft_block_decode(args->format, row, blocks, out);
    } else {
      if (bad == SIZE_MAX) bad = i;
      memset(out, 0, args->width * sizeof *out);
    }
  }
  return bad;
}
