// How a panel holds GEMM_NR columns of W in blocks. For each block of k: the f16 of all columns, scales
// first; the bytes of scales, row by row; then words of four weights each, word by word, of all columns.
// Each 32 of k have the same words whatever the format: of 4 bits and more, words 0 to 3 hold weights
// 4g ... 4g+3 in their lower halves and 16 further in their upper ones; a fifth bit of weight 4g+t is bit
// 8t+g of word 4; a fifth and a sixth are bits 8t+2(g%4) and the next of word 4 + g/4.

typedef struct {
  size_t elements;  // weights in a block
  size_t halves;    // f16 of a block: d, m
  size_t bytes;     // bytes of scales
  size_t bits;      // of a weight
  int32_t zero;     // what stands for 0
  bool minimum;     // whether there are m
} block_layout;

WEFT_INLINE block_layout block_layout_of(const weft_block_format format) {
  switch (format) {
    case WEFT_Q8_0: return (block_layout){32, 1, 0, 8, BLOCK_ZERO, false};
    case WEFT_Q4_0: return (block_layout){32, 1, 0, 4, 8, false};
    case WEFT_Q4_1: return (block_layout){32, 2, 0, 4, 0, true};
    case WEFT_Q5_0: return (block_layout){32, 1, 0, 5, 16, false};
    case WEFT_Q5_1: return (block_layout){32, 2, 0, 5, 0, true};
    case WEFT_Q4_K: return (block_layout){256, 2, 12, 4, 0, true};
    case WEFT_Q5_K: return (block_layout){256, 2, 12, 5, 0, true};
    default: return (block_layout){256, 1, 16, 6, 32, false};
  }
}

// Bytes of GEMM_NR columns of a block, as many as they had before.
WEFT_INLINE size_t block_panel_bytes(const block_layout layout) {
  return (2 * layout.halves + layout.bytes + layout.elements * layout.bits / 8) * GEMM_NR;
}

// Bytes of a panel.
WEFT_INLINE size_t block_panel_size(const weft_block_format format, size_t k) {
  const block_layout layout = block_layout_of(format);
  return k / layout.elements * block_panel_bytes(layout);
}

static size_t block_packed_size(weft_block_format format, size_t k, size_t n) {
  size_t padded, size;
  if (k > SIZE_MAX / 64 || __builtin_add_overflow(n, (size_t)GEMM_NR - 1, &padded)) return 0;
  const block_layout layout = block_layout_of(format);
  if (__builtin_mul_overflow(k / layout.elements, block_panel_bytes(layout), &size)) return 0;
  if (__builtin_mul_overflow(padded / GEMM_NR, size, &size)) return 0;
  return size > SIZE_MAX / 2 ? 0 : size;
}

// Weights 4g ... 4g+3 of the columns from lane j · VW on, a byte each; `words` are those of 32 of k.
WEFT_INLINE vi block_weights(const size_t bits, const uint8_t *words, const int g, const int j) {
  const uint8_t *column = words + (size_t)j * VW * 4;
  const size_t row = GEMM_NR * 4;
  if (bits == 8) return block_load(column + (size_t)g * row);
  const vi both = block_load(column + (size_t)(g % 4) * row);
  const vi low = vi_and(block_shift(both, g < 4 ? 0 : -4), vi_set1(0x0f0f0f0f));
  if (bits == 4) return low;
  if (bits == 5) {
    const vi fifth = block_load(column + 4 * row);
    return vi_or(low, vi_and(block_shift(fifth, 4 - g), vi_set1(0x10101010)));
  }
  const vi upper = block_load(column + (size_t)(4 + g / 4) * row);
  return vi_or(low, vi_and(block_shift(upper, 4 - 2 * (g % 4)), vi_set1(0x30303030)));
}

// What 32 of k are multiplied with: d for the first and the second 16, and m.
typedef struct { vf first[GEMM_NV], second[GEMM_NV], minimum[GEMM_NV]; } block_scales;

// The scales of part `part` of the block at `panel`, where a block has eight; `odd` says which of two.
WEFT_INLINE void block_scales_of(
  const block_layout layout, const uint8_t *panel, size_t part, const int odd, const int j,
  block_scales *out) {
  const uint16_t *halves = (const uint16_t *)panel + (size_t)j * VW;
  const vf d = vf_load_f16(halves);
  const vf m = layout.halves == 2 ? vf_load_f16(halves + GEMM_NR) : vf_set1(0.0f);
  const uint8_t *bytes = panel + 2 * layout.halves * GEMM_NR + (size_t)j * VW;
  if (layout.bytes == 0) {
    out->first[j] = out->second[j] = d;
    out->minimum[j] = m;
  } else if (layout.bytes == 16) {
    const uint8_t *at = bytes + 2 * part * GEMM_NR;
    out->first[j] = vf_mul(d, vf_from_vi(block_load_signed(at)));
    out->second[j] = vf_mul(d, vf_from_vi(block_load_signed(at + GEMM_NR)));
    out->minimum[j] = m;
  } else {
    // Two parts share three bytes.
    const uint8_t *at = bytes + part / 2 * 3 * GEMM_NR;
    const vi a = block_load_unsigned(at), b = block_load_unsigned(at + GEMM_NR);
    const vi c = block_load_unsigned(at + 2 * GEMM_NR), low = vi_set1(63);
    const vi last = vi_or(
      block_shift(a, -6), vi_or(block_shift(block_shift(b, -6), 2), block_shift(block_shift(c, -6), 4)));
    const vi s = odd ? vi_and(c, low) : vi_and(a, low);
    const vi t = odd ? last : vi_and(b, low);
    out->first[j] = out->second[j] = vf_mul(d, vf_from_vi(s));
    // Negative, as blocks of 32 add theirs.
    out->minimum[j] = vf_mul(vf_sub(vf_set1(0.0f), m), vf_from_vi(t));
  }
}
