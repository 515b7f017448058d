#include "weft_plugin_host.h"

void weft_plugin_call(
  const void *context, const float *const *operands, float *result, size_t count) {
  const weft_plugin_function *call = context;
  call->function(call->attributes, operands, result, count);
}

// Once for each tile: no more is written than the plugin may read.
int64_t weft_plugin_run(
  const weft_plugin_kernel *kernel, void *const *buffers, void *scratch, int64_t first,
  int64_t end) {
  weft_run run;
  int64_t fault = -1;
  run.size = sizeof run;
  run.reserved = 0;
  run.call = kernel->call;
  run.parameters = kernel->parameters;
  run.first_tile = first;
  run.end_tile = end;
  for (uint32_t i = 0; i < kernel->operand_count; i++) {
    run.operands[i] = kernel->places[i] < 0 ? NULL : buffers[kernel->places[i]];
  }
  for (uint32_t i = 0; i < kernel->result_count; i++) {
    run.results[i] = buffers[kernel->first_result + i];
  }
  run.scratch = kernel->has_scratch ? scratch : NULL;
  run.fault = &fault;
  kernel->function(&run);
  return fault;
}

// The ABI, as plugins that exist were compiled: what moves is a new WEFT_PLUGIN_ABI.
#define AT(type, field, offset) \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved")

#if UINTPTR_MAX == UINT64_MAX
AT(weft_tensor_type, dims, 8);
_Static_assert(sizeof(weft_tensor_type) == 72, "weft_tensor_type never changes");
_Static_assert(sizeof(weft_value) == 40, "weft_value never changes");
AT(weft_attribute, name, 8);
AT(weft_attribute, fallback, 24);
AT(weft_attribute, choices, 64);
AT(weft_error, text, 8);
AT(weft_error, capacity, 16);
AT(weft_dim_functions, context, 8);
AT(weft_dim_functions, divide, 40);
AT(weft_call, operands, 8);
AT(weft_call, dims, 32);
AT(weft_cost, bytes_written, 24);
AT(weft_run, first_tile, 24);
AT(weft_run, operands, 40);
AT(weft_run, results, 168);
AT(weft_run, fault, 240);
AT(weft_kernel, run, 32);
AT(weft_kernel, parameters, 40);
AT(weft_operand, elements, 16);
AT(weft_operand, variadic, WEFT_OPERAND_SIZE_1);
AT(weft_op, operands, 32);
AT(weft_op, result_count, 64);
AT(weft_op, shape, 72);
AT(weft_op, fault, 104);
AT(weft_op, elementwise, 112);
AT(weft_op, elementwise_flops, 128);
AT(weft_plugin_identity, name, 24);
_Static_assert(sizeof(weft_plugin_identity) == 376, "weft_plugin_identity grew");
AT(weft_plugin_table, op_count, 16);
#endif
