#ifndef WEFT_BLOCKS_H
#define WEFT_BLOCKS_H

// Matrix products whose right side is stored in blocks of few bits. What holds for every kernel stands
// in weft_kernels.h.

#include "weft_kernels.h"

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ------------------------------------------------------------------------------ gemm of blocks
// C[rows, n] = epilogue(X[rows, k] · Wᵀ), W[n, k] in blocks of ggml's formats, k whole blocks.
//
// 32 neighbours of a row of X are rounded to bytes together, in f32, ties to even:
//   s = max |x| / 127, q = round(x · (127 / max |x|))
// Where max |x| < 2^-110 all of the 32 count as zeros. 32 with NaN or an infinity among them make the
// row NaN. q and s are the same for every instruction set. Then, w being d · (p - zero) + m in each 32
// of W's row j, for each b in order, with the sums of integers exact and all else in f32:
//   acc = acc + s[i, b] · (d[j, b] · Σ (p - zero) · q) + m[j, b] · (s[i, b] · Σ q)
// q6_k has a d for each 16 and two sums. The epilogue is that of weft_gemm_args.
//
// W is packed in panels of `nr` columns of C, which take as many bytes as the blocks. How the two sides
// are laid out belongs to the kernels that did it; both are 64-byte aligned.

typedef enum weft_block_format {
  WEFT_Q8_0 = 0,
  WEFT_Q4_0,
  WEFT_Q4_1,
  WEFT_Q5_0,
  WEFT_Q5_1,
  WEFT_Q4_K,
  WEFT_Q5_K,
  WEFT_Q6_K
} weft_block_format;

/// Weights in a block: 32 or 256; 0 for a value that is no format.
size_t weft_block_elements(weft_block_format format);

/// Bytes of a block as ggml stores it.
size_t weft_block_bytes(weft_block_format format);

typedef struct weft_block_quantize_args {
  const float *x;            // [rows, k]
  size_t x_stride;           // between rows
  size_t k;                  // a multiple of 32
  void *quantized;           // quantized_size(rows, k) bytes, all rows whatever the range
} weft_block_quantize_args;

typedef struct weft_block_pack_args {
  weft_block_format format;
  const void *source;        // W[n, k], blocks of any alignment, row after row
  size_t k, n;
  void *packed;              // packed_size(format, k, n) bytes, the whole matrix whatever the range
  const void *ahead;         // or NULL: what is read next, as large as W; q8_0 fetches it meanwhile
} weft_block_pack_args;

typedef struct weft_block_gemm_args {
  weft_block_format format;
  const void *quantized;     // X
  const void *packed;        // W
  weft_gemm_args product;    // the rest; a, a_stride, packed and packed_type aren't read
} weft_block_gemm_args;

// out[i] = W[index[i]] in f32. An index outside 0 ..< table_rows isn't followed: its row becomes zeros.

typedef struct weft_block_gather_args {
  weft_block_format format;
  const void *table;         // [table_rows, width], blocks of any alignment, row after row
  size_t table_rows, width;
  const void *index;
  weft_dtype index_type;     // i32 or i64
  float *out;                // [positions, width]
} weft_block_gather_args;

/// The first position whose index is out of range, SIZE_MAX (-1 in Swift) if none is.
size_t weft_block_gather(const weft_block_gather_args *WEFT_NONNULL args, size_t begin, size_t end);

/// Writes the reals of `count` blocks, each operation rounded as in ggml's reference.
void weft_block_decode(
  weft_block_format format, const void *WEFT_NONNULL source, size_t count, float *WEFT_NONNULL out);

/// The product of blocks in one way to compute it.
typedef struct weft_block_kernels {
  const char *WEFT_NONNULL name;  // as weft_int8_kernels
  size_t mr, nr;                  // as gemm_mr and gemm_nr
  /// Bytes; 0 when that overflows.
  size_t (*WEFT_NONNULL quantized_size)(size_t rows, size_t k);
  size_t (*WEFT_NONNULL packed_size)(weft_block_format format, size_t k, size_t n);
  void (*WEFT_NONNULL quantize)(
    const weft_block_quantize_args *args, size_t row_begin, size_t row_end);
  void (*WEFT_NONNULL pack)(const weft_block_pack_args *args, size_t panel_begin, size_t panel_end);
  void (*WEFT_NONNULL gemm)(
    const weft_block_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
    size_t panel_end);
} weft_block_kernels;

/// The product of blocks on one instruction set, as weft_int8_kernels_for.
const weft_block_kernels *WEFT_NULLABLE weft_block_kernels_for(weft_isa isa, bool dot);

/// The best of them for the instruction set of a table that this machine can run.
const weft_block_kernels *WEFT_NONNULL weft_block_kernels_best(weft_isa isa);

#ifdef __cplusplus
}
#endif

#ifdef __clang__
#pragma clang diagnostic pop
#endif
#endif
