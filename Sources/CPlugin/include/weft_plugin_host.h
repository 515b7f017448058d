// Weft's own side of plugins in C. Plugins don't see it.
#ifndef WEFT_PLUGIN_HOST_H
#define WEFT_PLUGIN_HOST_H

#include "weft_plugin.h"

/// Bytes of a weft_operand in revision 1.
enum { WEFT_OPERAND_SIZE_1 = 24 };

/// An elementwise function of a plugin with the attributes of one op.
typedef struct weft_plugin_function {
  void (*function)(
    const weft_value *attributes, const float *const *operands, float *result, size_t count);
  const weft_value *attributes;
} weft_plugin_function;

/// Calls the weft_plugin_function at `context`: what the elementwise machine is given.
void weft_plugin_call(
  const void *context, const float *const *operands, float *result, size_t count);

/// A kernel of a plugin, ready to run.
typedef struct weft_plugin_kernel {
  void (*function)(const weft_run *run);
  const weft_call *call;
  const uint64_t *parameters;
  uint32_t operand_count;                /* as declared */
  uint32_t result_count;
  uint32_t first_result;                 /* its place among the buffers */
  uint32_t has_scratch;
  int8_t places[WEFT_PLUGIN_OPERANDS];   /* of each operand among the buffers; -1: left out */
} weft_plugin_kernel;

/// Runs tiles first ..< end on `buffers`; the smallest position that the kernel reported, or -1.
int64_t weft_plugin_run(
  const weft_plugin_kernel *kernel, void *const *buffers, void *scratch, int64_t first, int64_t end);

#endif
