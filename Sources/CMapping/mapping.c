#include "mapping.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

// The handler may run at any moment on any thread: it takes no lock, and reads a fixed table only.
enum { most_files = 1024, longest_path = 1024 };

static struct {
  /// 0 where free, 1 while it is being written.
  _Atomic(uintptr_t) base;
  size_t size;
  char path[longest_path];
} files[most_files];

static struct sigaction previous;

int weft_mapping_note(const void *base, size_t size, const char *path) {
  for (int i = 0; i < most_files; i++) {
    uintptr_t none = 0;
    if (!atomic_compare_exchange_strong(&files[i].base, &none, 1)) continue;
    files[i].size = size;
    strncpy(files[i].path, path, longest_path - 1);
    files[i].path[longest_path - 1] = 0;
    atomic_store(&files[i].base, (uintptr_t)base);
    return i;
  }
  return -1;
}

void weft_mapping_forget(int number) {
  if (number >= 0) atomic_store(&files[number].base, 0);
}

static void say(const char *text) {
  // There is nothing to be done where standard error can't be written to.
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void lost_page(int signal_number, siginfo_t *info, void *context) {
  (void)context;
  uintptr_t address = (uintptr_t)info->si_addr;
  for (int i = 0; i < most_files; i++) {
    uintptr_t base = atomic_load(&files[i].base);
    if (base <= 1 || address < base || address - base >= files[i].size) continue;
    say("error: ");
    say(files[i].path);
    say(": cannot be read: a part that was there when the file was opened is gone"
        " (a file in use isn't to be overwritten; a new one may take its name)\n");
    _exit(1);
  }
  // Not ours: the instruction runs again, and meets the action that was there before.
  sigaction(signal_number, &previous, NULL);
}

static void watch(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = lost_page;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &previous);
}

// Once in a process: a second time, `previous` would be this handler, and a signal that isn't ours would come
// back for ever.
void weft_mapping_watch(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, watch);
}
