#include "include/weft_blocks.h"
#include "include/weft_kernels.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

extern const weft_kernel_table weft_table_portable;
extern const weft_int8_kernels weft_int8_portable;
extern const weft_block_kernels weft_block_portable;
#if defined(__aarch64__)
extern const weft_kernel_table weft_table_neon;
extern const weft_int8_kernels weft_int8_neon;
extern const weft_block_kernels weft_block_neon;
extern const weft_int8_kernels weft_int8_neondot;
extern const weft_block_kernels weft_block_neondot;

static bool supports_neondot(void) {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & (1ul << 20)) != 0;  // HWCAP_ASIMDDP
#elif defined(__APPLE__)
  int has = 0;
  size_t size = sizeof has;
  return sysctlbyname("hw.optional.arm.FEAT_DotProd", &has, &size, NULL, 0) == 0 && has != 0;
#else
  return false;
#endif
}
#endif
#if defined(__x86_64__)
extern const weft_kernel_table weft_table_avx2;
extern const weft_kernel_table weft_table_avx512;
extern const weft_int8_kernels weft_int8_avx2;
extern const weft_block_kernels weft_block_avx2;
extern const weft_int8_kernels weft_int8_avx2vnni;
extern const weft_block_kernels weft_block_avx2vnni;
extern const weft_int8_kernels weft_int8_avx512;
extern const weft_block_kernels weft_block_avx512;
extern const weft_int8_kernels weft_int8_avx512vnni;
extern const weft_block_kernels weft_block_avx512vnni;
extern const weft_bf16_kernels weft_bf16_avx512;

// __builtin_cpu_supports asks the operating system too (XGETBV): without its saving the wide
// registers these answer no.
static bool supports_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
    && __builtin_cpu_supports("f16c");
}

static bool supports_avx512(void) {
  return supports_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
    && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
#endif

const weft_kernel_table *weft_kernels_for(weft_isa isa) {
  switch (isa) {
    case WEFT_ISA_PORTABLE: return &weft_table_portable;
#if defined(__aarch64__)
    case WEFT_ISA_NEON: return &weft_table_neon;
#endif
#if defined(__x86_64__)
    case WEFT_ISA_AVX2: return supports_avx2() ? &weft_table_avx2 : NULL;
    case WEFT_ISA_AVX512: return supports_avx512() ? &weft_table_avx512 : NULL;
#endif
    default: return NULL;
  }
}

const weft_kernel_table *weft_kernels_best(void) {
  static const weft_isa order[] = {WEFT_ISA_AVX512, WEFT_ISA_AVX2, WEFT_ISA_NEON};
  for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
    const weft_kernel_table *table = weft_kernels_for(order[i]);
    if (table) return table;
  }
  return &weft_table_portable;
}

const weft_int8_kernels *weft_int8_kernels_for(weft_isa isa, bool dot) {
  switch (isa) {
    case WEFT_ISA_PORTABLE: return dot ? NULL : &weft_int8_portable;
#if defined(__aarch64__)
    case WEFT_ISA_NEON: return !dot ? &weft_int8_neon : supports_neondot() ? &weft_int8_neondot : NULL;
#endif
#if defined(__x86_64__)
    case WEFT_ISA_AVX2:
      if (!supports_avx2() || (dot && !__builtin_cpu_supports("avxvnni"))) return NULL;
      return dot ? &weft_int8_avx2vnni : &weft_int8_avx2;
    case WEFT_ISA_AVX512:
      if (!supports_avx512() || (dot && !__builtin_cpu_supports("avx512vnni"))) return NULL;
      return dot ? &weft_int8_avx512vnni : &weft_int8_avx512;
#endif
    default: return NULL;
  }
}

const weft_int8_kernels *weft_int8_kernels_best(weft_isa isa) {
  const weft_int8_kernels *kernels = weft_int8_kernels_for(isa, true);
  if (!kernels) kernels = weft_int8_kernels_for(isa, false);
  return kernels ? kernels : &weft_int8_portable;
}

const weft_block_kernels *weft_block_kernels_for(weft_isa isa, bool dot) {
  if (!weft_int8_kernels_for(isa, dot)) return NULL;
  switch (isa) {
#if defined(__aarch64__)
    case WEFT_ISA_NEON: return dot ? &weft_block_neondot : &weft_block_neon;
#endif
#if defined(__x86_64__)
    case WEFT_ISA_AVX2: return dot ? &weft_block_avx2vnni : &weft_block_avx2;
    case WEFT_ISA_AVX512: return dot ? &weft_block_avx512vnni : &weft_block_avx512;
#endif
    default: return &weft_block_portable;
  }
}

const weft_block_kernels *weft_block_kernels_best(weft_isa isa) {
  const weft_block_kernels *kernels = weft_block_kernels_for(isa, true);
  if (!kernels) kernels = weft_block_kernels_for(isa, false);
  return kernels ? kernels : &weft_block_portable;
}

const weft_bf16_kernels *weft_bf16_kernels_for(weft_isa isa) {
#if defined(__x86_64__)
  if (isa == WEFT_ISA_AVX512 && supports_avx512() && __builtin_cpu_supports("avx512bf16")) {
    return &weft_bf16_avx512;
  }
#endif
  (void)isa;
  return NULL;
}

size_t weft_dtype_size(weft_dtype type) {
  switch (type) {
    case WEFT_F32: case WEFT_I32: return 4;
    case WEFT_F16: case WEFT_BF16: return 2;
    case WEFT_I64: return 8;
    case WEFT_BOOL: return 1;
    default: return 0;
  }
}
