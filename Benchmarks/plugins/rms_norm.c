// Weft's own rms_norm as an op of a plugin: the same C code behind another door, so that what differs
// is the door. Tests/PluginsTests/PluginCostTests builds and times it.
#include "weft_kernels.h"
#include "weft_plugin.h"

static int shape(const weft_call *call, weft_tensor_type *results, weft_error *error) {
  const weft_tensor_type *x = call->operands[0], *weight = call->operands[1];
  if (x->rank < 1) return weft_fail(error, 0, "needs x of rank 1 or more");
  if (weight->rank != 1 || weight->dims[0] != x->dims[x->rank - 1]) {
    return weft_fail(error, 1, "needs a weight for each element of the last axis");
  }
  results[0] = *x;
  return 0;
}

enum { WIDTH, ROWS, ROWS_OF_TILE, TABLE };

static void run(const weft_run *run) {
  const uint64_t *p = run->parameters;
  const weft_kernel_table *table = (const weft_kernel_table *)(uintptr_t)p[TABLE];
  const weft_norm_args args = {
    .x = run->operands[0], .gamma = run->operands[1], .out = run->results[0], .x_stride = p[WIDTH],
    .out_stride = p[WIDTH], .width = p[WIDTH],
    .epsilon = (float)run->call->attributes[0].real};
  const uint64_t first = (uint64_t)run->first_tile * p[ROWS_OF_TILE];
  const uint64_t end = (uint64_t)run->end_tile * p[ROWS_OF_TILE];
  table->rms_norm(&args, first < p[ROWS] ? first : p[ROWS], end < p[ROWS] ? end : p[ROWS]);
}

// The tiles of Weft's own kernel: 32 KiB that are read and written.
static int kernel(const weft_call *call, weft_kernel *kernel, weft_error *error) {
  const weft_tensor_type *x = call->operands[0];
  const uint64_t width = (uint64_t)x->dims[x->rank - 1];
  const uint64_t rows = (uint64_t)weft_count(x, 0, x->rank - 1);
  const uint64_t bytes = 8 * width, fitting = bytes && 32768 / bytes ? 32768 / bytes : 1;
  const uint64_t count = rows ? (rows + fitting - 1) / fitting : 1;
  const uint64_t step = rows ? (rows + count - 1) / count : 1;
  const weft_kernel_table *table = weft_kernels_best();
  if (!table) return weft_fail(error, -1, "has no kernels here");
  kernel->name = "c";
  kernel->tiles = (int64_t)(rows ? (rows + step - 1) / step : 1);
  kernel->run = run;
  kernel->parameters[WIDTH] = width;
  kernel->parameters[ROWS] = rows;
  kernel->parameters[ROWS_OF_TILE] = step;
  kernel->parameters[TABLE] = (uintptr_t)table;
  return 0;
}

static const weft_operand operands[] = {
  {.size = sizeof(weft_operand), .name = "x"}, {.size = sizeof(weft_operand), .name = "weight"}};
static const weft_attribute attributes[] = {
  {.size = sizeof(weft_attribute), .name = "epsilon", .kind = WEFT_ATTRIBUTE_REAL,
   .fallback = {.real = 1e-6}}};
static const weft_op op = {
  .size = sizeof(weft_op), .name = "plugin_rms_norm", .summary = "Weft's rms_norm.",
  .category = "normalization", .operands = operands, .operand_count = 2, .attributes = attributes,
  .attribute_count = 1, .overwritable = 1, .shape = shape, .kernel = kernel};

// Weft's relu as a function over elements: its own loop.
static const weft_kernel_table *chosen;
__attribute__((constructor)) static void choose(void) { chosen = weft_kernels_best(); }

static void relu(
  const weft_value *values, const float *const *x, float *result, size_t count) {
  (void)values;
  chosen->unary(WEFT_OP_RELU, x[0], result, count);
}
static const weft_op relu_op = {
  .size = sizeof(weft_op), .name = "plugin_relu", .summary = "Weft's relu.",
  .category = "activation", .operands = operands, .operand_count = 1, .elementwise = relu};

static const weft_op *const ops[] = {&op, &relu_op};
WEFT_PLUGIN("cost", "1.0", ops)
