// The product of blocks over the block layer that was included before, and its table.
// WEFT_BLOCK_TABLE names it; like the product of bytes it has a second translation unit for an
// instruction set with its own dot product of bytes.
#include "blocks_formats.h"
#include "blocks_quantize.h"
#include "blocks_pack.h"
#include "blocks_gemm.h"

extern const weft_block_kernels WEFT_BLOCK_TABLE;

const weft_block_kernels WEFT_BLOCK_TABLE = {
  .name = INT8_NAME,
  .mr = BLOCK_MR,
  .nr = GEMM_NR,
  .quantized_size = block_quantized_size,
  .packed_size = block_packed_size,
  .quantize = block_quantize,
  .pack = block_pack,
  .gemm = block_gemm,
};
