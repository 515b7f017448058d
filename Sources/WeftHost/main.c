// The command with plugins in Swift: they share the one copy of Weft in the dynamic library, which lies beside
// this program. `weft` starts it where a plugin asks for that.
#include <dlfcn.h>
#include <stdio.h>

#ifdef __APPLE__
#define WEFT_LIBRARY "@rpath/libWeftPlugin.dylib"
#else
// Without a folder: plugins name the library like that, and the loader takes it for the same one
// only if both names agree. It is found beside this program by its RUNPATH.
#define WEFT_LIBRARY "libWeftPlugin.so"
#endif

int main(void) {
  void *library = dlopen(WEFT_LIBRARY, RTLD_NOW | RTLD_GLOBAL);
  void (*run)(void) = library ? (void (*)(void))dlsym(library, "weft_main") : NULL;
  if (run == NULL) {
    const char *reason = dlerror();
    fprintf(stderr, "error: %s\n", reason ? reason : WEFT_LIBRARY " has no weft_main");
    return 1;
  }
  run();
  return 0;
}
