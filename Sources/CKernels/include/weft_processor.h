#ifndef WEFT_PROCESSOR_H
#define WEFT_PROCESSOR_H

#include <stdint.h>

/// Tells the processor that this is a loop that waits: saves power and leaves the core's other
/// hardware thread the execution units. About 26 ns on a Xeon of 2023.
static inline void weft_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  // `yield` is a no-op on most cores; `isb` waits about as long as `pause` does.
  __asm__ volatile("isb" ::: "memory");
#endif
}

/// The processor's own counter of time, of constant rate on what is built today; 0 where there is
/// none. It is looked at when all that stands before is done: a look at the clock of one core that
/// ran ahead would put a step's begin before the end of the one that it waited for on another.
static inline int64_t weft_ticks(void) {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
  return (int64_t)__builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
  return (int64_t)ticks;
#else
  return 0;
#endif
}

#endif
