#ifndef WEFT_PAUSE_H
#define WEFT_PAUSE_H

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

#endif
