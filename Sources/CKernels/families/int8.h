// The product of bytes over the byte layer that was included before, and its table. WEFT_INT8_TABLE
// names it; for an instruction set with its own dot product of bytes this is a second translation unit.
#include "gemm_int8_pack.h"
#include "gemm_int8_quantize.h"
#include "gemm_int8.h"

// Rows of the left side come from L1, so that nothing can be computed once for all iterations.
static double int8_peak(size_t iterations) {
  vi acc[INT8_MR * GEMM_NV];
  int8_right b[GEMM_NV];
  int8_quantized left[4 * INT8_MR] = {1, 2, 3, 4};
  int8_t right[4 * VW * GEMM_NV] = {1, -1, 2, -2};
  __asm__ volatile("" : : "r"(right) : "memory");
#pragma clang loop unroll(full)
  for (int j = 0; j < GEMM_NV; j++) b[j] = int8_load_right(right + j * 4 * VW);
#pragma clang loop unroll(full)
  for (int i = 0; i < INT8_MR * GEMM_NV; i++) acc[i] = vi_set1(i);
  for (size_t n = 0; n < iterations; n++) {
    __asm__ volatile("" : : "r"(left) : "memory");
#pragma clang loop unroll(full)
    for (int r = 0; r < INT8_MR; r++) {
      const int8_left a = int8_load_left(left + 4 * r);
#pragma clang loop unroll(full)
      for (int j = 0; j < GEMM_NV; j++) acc[r * GEMM_NV + j] = int8_dot(acc[r * GEMM_NV + j], a, b[j]);
    }
  }
  int32_t sink[VW];
  for (int i = 0; i < INT8_MR * GEMM_NV; i++) {
    vi_store(sink, acc[i]);
    __asm__ volatile("" : : "r"(sink) : "memory");
  }
  return 8.0 * INT8_MR * GEMM_NR * (double)iterations;
}

extern const weft_int8_kernels WEFT_INT8_TABLE;

const weft_int8_kernels WEFT_INT8_TABLE = {
  .name = INT8_NAME,
  .mr = INT8_MR,
  .nr = GEMM_NR,
  .quantized_size = int8_quantized_size,
  .packed_size = int8_packed_size,
  .quantize = int8_quantize,
  .pack = int8_pack,
  .gemm = int8_gemm,
  .peak = int8_peak,
};
