// Weft's own side of plugins in C. Plugins don't see it.
#ifndef WEFT_PLUGIN_HOST_H
#define WEFT_PLUGIN_HOST_H

#include "weft_plugin.h"

/// An elementwise function of a plugin with the attributes of one op.
typedef struct weft_plugin_function {
  void (*function)(
    const weft_value *attributes, const float *const *operands, float *result, size_t count);
  const weft_value *attributes;
} weft_plugin_function;

/// Calls the weft_plugin_function at `context`: what the elementwise machine is given.
void weft_plugin_call(
  const void *context, const float *const *operands, float *result, size_t count);

#endif
