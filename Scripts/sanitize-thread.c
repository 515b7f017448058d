// Tells ThreadSanitizer of Swift's mutexes: their way for a lock that somebody holds lies in a library that isn't
// built with it, so that each wait for a lock looked like no order at all. Scripts/sanitize builds and preloads it.
//
// The functions are those of libswiftSynchronization, whose self comes in the register of Swift's contexts.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock_slow(SELF) __asm__(TRY_LOCK);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF) {
  typedef SWIFT void (*Function)(uint32_t, SELF);
  ((Function)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT bool try_lock_slow(SELF) {
  typedef SWIFT bool (*Function)(SELF);
  bool got = ((Function)dlsym(RTLD_NEXT, TRY_LOCK))(mutex);
  if (got && __tsan_acquire) __tsan_acquire(mutex);
  return got;
}

SWIFT void unlock_slow(SELF) {
  typedef SWIFT void (*Function)(SELF);
  if (__tsan_release) __tsan_release(mutex);
  ((Function)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
