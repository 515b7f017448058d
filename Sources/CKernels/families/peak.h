// Probes for `doctor`: what the machine can do at most.

#define PEAK_CHAINS (GEMM_MR * GEMM_NV)

// Keeps the accumulators alive without a store in the loop.
static double peak_fma(size_t iterations) {
  vf acc[PEAK_CHAINS];
#pragma clang loop unroll(full)
  for (int i = 0; i < PEAK_CHAINS; i++) acc[i] = vf_set1((float)i);
  const vf x = vf_set1(0.5f), y = vf_set1(1.0f);
  for (size_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < PEAK_CHAINS; i++) acc[i] = vf_fma(acc[i], x, y);
  }
  float sink[VW];
  for (int i = 0; i < PEAK_CHAINS; i++) {
    vf_store(sink, acc[i]);
    __asm__ volatile("" : : "r"(sink) : "memory");
  }
  return 2.0 * VW * PEAK_CHAINS * (double)iterations;
}

static float peak_read(const float *x, size_t count) {
  vf acc[8];
  for (int i = 0; i < 8; i++) acc[i] = vf_set1(0.0f);
  size_t at = 0;
  for (; at + 8 * VW <= count; at += 8 * VW) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) acc[i] = vf_add(acc[i], vf_load(x + at + (size_t)i * VW));
  }
  for (; at < count; at += VW) acc[0] = vf_add(acc[0], vf_load_tail(x + at, count - at));
  for (int i = 1; i < 8; i++) acc[0] = vf_add(acc[0], acc[i]);
  return vf_hsum(acc[0]);
}
