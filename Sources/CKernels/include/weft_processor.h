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
/// none. The processor may look at it before all that stands before is done, some 100 ns early.
static inline int64_t weft_ticks(void) {
#if defined(__x86_64__)
  return (int64_t)__builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks)::"memory");
  return (int64_t)ticks;
#else
  return 0;
#endif
}

/// The same, looked at when all loads before are done.
static inline int64_t weft_ticks_after(void) {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
  return weft_ticks();
}

#endif
