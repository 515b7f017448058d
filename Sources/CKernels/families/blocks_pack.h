// ggml's blocks to the words of a panel: see blocks_formats.h.

WEFT_INLINE uint32_t block_word(const uint8_t *at) {
  uint32_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

#define BLOCK_LOW 0x0f0f0f0fu

// Bit 4g + t to bit 8t + g.
WEFT_INLINE uint32_t block_spread_bits(uint32_t bits) {
  uint32_t spread = 0;
  for (int t = 0; t < 4; t++) {
    uint32_t x = bits >> t & 0x11111111u;
    x = (x | x >> 3) & 0x03030303u;
    x = (x | x >> 6) & 0x000f000fu;
    spread |= ((x | x >> 12) & 0xffu) << (8 * t);
  }
  return spread;
}

// Words of formats of 32. What they share with the file is words 0 to 3.
WEFT_INLINE void block_words_32(
  const weft_block_format format, const uint8_t *block, uint32_t *words) {
  switch (format) {
    case WEFT_Q8_0:
      for (int g = 0; g < 8; g++) {
        words[g] = block_word(block + 2 + 4 * g) ^ (BLOCK_ZERO ? 0x80808080u : 0);
      }
      return;
    case WEFT_Q4_0: memcpy(words, block + 2, 16); return;
    case WEFT_Q4_1: memcpy(words, block + 4, 16); return;
    case WEFT_Q5_0:
      memcpy(words, block + 6, 16);
      words[4] = block_spread_bits(block_word(block + 2));
      return;
    default:
      memcpy(words, block + 8, 16);
      words[4] = block_spread_bits(block_word(block + 4));
      return;
  }
}

// Eight parts of 32; two of them share 32 bytes.
WEFT_INLINE void block_words_parts(
  const uint8_t *quants, const uint8_t *fifths, const size_t per_part, uint32_t *words) {
  for (int part = 0; part < 8; part++) {
    uint32_t *out = words + (size_t)part * per_part;
    for (int g = 0; g < 4; g++) {
      const uint32_t low = block_word(quants + part / 2 * 32 + 4 * g) >> (part % 2 * 4);
      const uint32_t high = block_word(quants + part / 2 * 32 + 16 + 4 * g) >> (part % 2 * 4);
      out[g] = (low & BLOCK_LOW) | (high & BLOCK_LOW) << 4;
    }
    if (!fifths) continue;
    out[4] = 0;
    for (int g = 0; g < 8; g++) out[4] |= (block_word(fifths + 4 * g) >> part & 0x01010101u) << g;
  }
}

// Two halves of 128, of which each has four parts that share bytes.
WEFT_INLINE void block_words_six(const uint8_t *block, uint32_t *words) {
  for (int part = 0; part < 8; part++) {
    uint32_t *out = words + 6 * part;
    const int half = part / 4, quarter = part % 4, shift = quarter < 2 ? 0 : 4;
    const uint8_t *lower = block + half * 64 + quarter % 2 * 32, *upper = block + 128 + half * 32;
    out[4] = out[5] = 0;
    for (int g = 0; g < 8; g++) {
      if (g < 4) {
        out[g] = (block_word(lower + 4 * g) >> shift & BLOCK_LOW)
          | (block_word(lower + 16 + 4 * g) >> shift & BLOCK_LOW) << 4;
      }
      const uint32_t two = block_word(upper + 4 * g) >> (2 * quarter) & 0x03030303u;
      out[4 + g / 4] |= two << (2 * (g % 4));
    }
  }
}

// Scales s and minimums t of eight parts, 6 bits each, so that two parts have three bytes: s and t of
// the first and s of the second in lower bits, t of the second in upper ones.
WEFT_INLINE void block_scale_bytes(const uint8_t *scales, uint8_t *out) {
  uint8_t s[8], t[8];
  for (int i = 0; i < 4; i++) {
    s[i] = scales[i] & 63;
    t[i] = scales[i + 4] & 63;
    s[i + 4] = (scales[i + 8] & 15) | (scales[i] >> 6 << 4);
    t[i + 4] = scales[i + 8] >> 4 | (scales[i + 4] >> 6 << 4);
  }
  for (int i = 0; i < 4; i++) {
    const uint8_t last = t[2 * i + 1];
    out[3 * i] = (uint8_t)(s[2 * i] | last << 6);
    out[3 * i + 1] = (uint8_t)(t[2 * i] | last >> 2 << 6);
    out[3 * i + 2] = (uint8_t)(s[2 * i + 1] | last >> 4 << 6);
  }
}

// One block into column j of its place in a panel.
WEFT_INLINE void block_pack_one(
  const weft_block_format format, const uint8_t *block, size_t j, uint8_t *out) {
  const block_layout layout = block_layout_of(format);
  const size_t words = layout.elements * layout.bits / 32;
  uint32_t word[48];
  uint8_t bytes[16];
  const uint8_t *halves = block;
  switch (format) {
    case WEFT_Q4_K:
      block_scale_bytes(block + 4, bytes);
      block_words_parts(block + 16, NULL, 4, word);
      break;
    case WEFT_Q5_K:
      block_scale_bytes(block + 4, bytes);
      block_words_parts(block + 48, block + 16, 5, word);
      break;
    case WEFT_Q6_K:
      halves = block + 208;
      memcpy(bytes, block + 192, 16);
      block_words_six(block, word);
      break;
    default: block_words_32(format, block, word); break;
  }
  for (size_t i = 0; i < layout.halves; i++) {
    memcpy(out + 2 * (i * GEMM_NR + j), halves + 2 * i, 2);
  }
  out += 2 * layout.halves * GEMM_NR;
  for (size_t i = 0; i < layout.bytes; i++) out[i * GEMM_NR + j] = bytes[i];
  out += layout.bytes * GEMM_NR;
  for (size_t i = 0; i < words; i++) memcpy(out + 4 * (i * GEMM_NR + j), word + i, 4);
}

// Eight words of 4 bytes of each of VW rows that lie `stride` apart, word by word to rows of a panel.
#ifndef BLOCK_TURN_WORDS
WEFT_INLINE void block_turn_words(const uint8_t *source, size_t stride, uint8_t *out) {
  const vi flip = vi_set1(BLOCK_ZERO ? (int32_t)0x80808080u : 0);
#pragma clang loop unroll(full)
  for (size_t word = 0; word < 8; word += VW) {
    vf square[VW];
#pragma clang loop unroll(full)
    for (size_t row = 0; row < VW; row++) {
      square[row] = vf_load_bytes(source + row * stride + 4 * word);
    }
    vf_transpose(square);
#pragma clang loop unroll(full)
    for (size_t i = 0; i < VW; i++) {
      const vi turned = vi_xor(vi_bits(square[i]), flip);
      memcpy(out + (word + i) * GEMM_NR * 4, &turned, sizeof turned);
    }
  }
}
#endif

// Blocks of q8_0 of GEMM_NR rows, squares of words by squares; what is read next is asked for.
static void block_pack_bytes(const weft_block_pack_args *args, size_t column, uint8_t *out) {
  const size_t blocks = args->k / 32, stride = blocks * 34;
  const uint8_t *source = (const uint8_t *)args->source + column * stride;
  const uint8_t *ahead = args->ahead;
  for (size_t b = 0; b < blocks; b++, source += 34, out += 34 * GEMM_NR) {
#pragma clang loop unroll(full)
    for (size_t j = 0; j < GEMM_NR; j++) memcpy(out + 2 * j, source + j * stride, 2);
#pragma clang loop unroll(full)
    for (size_t j = 0; j < GEMM_NR; j += VW) {
      if (ahead) {
        for (size_t line = 0; line < 34 * VW; line += BLOCK_LINE) {
          __builtin_prefetch(ahead + 34 * j + line, 0, 2);
        }
      }
      block_turn_words(source + j * stride + 2, stride, out + 2 * GEMM_NR + 4 * j);
    }
    if (ahead) ahead += 34 * GEMM_NR;
  }
}

WEFT_INLINE void block_pack_as(
  const weft_block_format format, const weft_block_pack_args *args, size_t panel) {
  const block_layout layout = block_layout_of(format);
  const size_t bytes = weft_block_bytes(format), blocks = args->k / layout.elements;
  const size_t column = panel * GEMM_NR, columns = weft_min(args->n - column, GEMM_NR);
  const size_t step = block_panel_bytes(layout);
  uint8_t *out = (uint8_t *)args->packed + panel * blocks * step;
  if (format == WEFT_Q8_0 && columns == GEMM_NR) {
    block_pack_bytes(args, column, out);
    return;
  }
  if (columns < GEMM_NR) memset(out, 0, blocks * step);
  const uint8_t *source = (const uint8_t *)args->source + column * blocks * bytes;
  // Some blocks of all columns at a time: their bytes of the panel stay in L1.
  for (size_t b = 0; b < blocks; b += 8) {
    for (size_t j = 0; j < columns; j++) {
      for (size_t i = b; i < weft_min(b + 8, blocks); i++) {
        block_pack_one(format, source + (j * blocks + i) * bytes, j, out + i * step);
      }
    }
  }
}

#define BLOCK_FORMATS(CALL)                                                                \
  CALL(WEFT_Q8_0) CALL(WEFT_Q4_0) CALL(WEFT_Q4_1) CALL(WEFT_Q5_0) CALL(WEFT_Q5_1)           \
  CALL(WEFT_Q4_K) CALL(WEFT_Q5_K) CALL(WEFT_Q6_K)

static void block_pack(const weft_block_pack_args *args, size_t panel_begin, size_t panel_end) {
  for (size_t panel = panel_begin; panel < panel_end; panel++) {
    switch (args->format) {
#define BLOCK_PACK(format) case format: block_pack_as(format, args, panel); break;
      BLOCK_FORMATS(BLOCK_PACK)
    }
  }
}
