/* Two ops for graph files, in C: an elementwise one, which Weft fuses with its neighbours, and a
 * normalization, which has its own shapes and tiles.
 *
 *   make && weft check --plugin activations.so example.weft
 */
#include <math.h>

#include "weft_plugin.h"

/* ------------------------------------------------------------------- snake: x + sin²(αx) / α
 * An activation for periodic data (Ziyin et al., 2020). */

static void snake(
  const weft_value *attributes, const float *const *operands, float *result, size_t count) {
  const float alpha = (float)attributes[0].real;
  const float *x = operands[0];
  for (size_t i = 0; i < count; i++) {
    const float s = sinf(alpha * x[i]);
    result[i] = x[i] + s * s / alpha;
  }
}

static double snake_reference(const weft_value *attributes, const double *operands) {
  const double s = sin(attributes[0].real * operands[0]);
  return operands[0] + s * s / attributes[0].real;
}

static const weft_operand snake_operands[] = {{.size = sizeof(weft_operand), .name = "x"}};
static const weft_attribute snake_attributes[] = {
  {.size = sizeof(weft_attribute), .name = "alpha", .kind = WEFT_ATTRIBUTE_REAL,
   .fallback = {.real = 1.0}}};

static const weft_op snake_op = {
  .size = sizeof(weft_op),
  .name = "snake",
  .summary = "x + sin²(alpha x) / alpha.",
  .category = "activation",
  .operands = snake_operands,
  .operand_count = 1,
  .attributes = snake_attributes,
  .attribute_count = 1,
  .elementwise = snake,
  .elementwise_reference = snake_reference,
  .elementwise_flops = 5,
};

/* -------------------------------------------------------- group_norm: x - mean over √variance
 * The normalization of groups of neighbouring features (Wu and He, 2018), without scale and shift. */

enum { GROUPS, EPSILON }; /* the attributes, in their order */

static int group_norm_shape(
  const weft_call *call, weft_tensor_type *results, weft_error *error) {
  const weft_tensor_type *x = call->operands[0];
  const int64_t groups = call->attributes[GROUPS].integer;
  if (x->rank < 1) return weft_fail(error, 0, "needs x of rank 1 or more");
  if (groups < 1) return weft_fail(error, -1, "needs at least one group, found %d", (int)groups);
  const weft_dim width = x->dims[x->rank - 1];
  if (weft_is_known(width) && width % groups != 0) {
    return weft_fail(error, 0, "needs a last axis that %d groups divide", (int)groups);
  }
  results[0] = *x;
  return 0;
}

static void normalize(const float *x, float *y, int64_t count, float epsilon) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; i++) sum += x[i];
  const double mean = sum / (double)count;
  for (int64_t i = 0; i < count; i++) squares += (x[i] - mean) * (x[i] - mean);
  const float scale = (float)(1 / sqrt(squares / (double)count + epsilon));
  for (int64_t i = 0; i < count; i++) y[i] = (x[i] - (float)mean) * scale;
}

/* A tile is this many groups, by the shape alone. */
static int64_t groups_of_tile(int64_t size) { return size < 16384 ? 16384 / (size ? size : 1) : 1; }

static void group_norm_run(const weft_run *run) {
  const int64_t size = (int64_t)run->parameters[0], count = (int64_t)run->parameters[1];
  const int64_t step = groups_of_tile(size);
  const float epsilon = (float)run->call->attributes[EPSILON].real;
  const int64_t end = run->end_tile * step < count ? run->end_tile * step : count;
  for (int64_t group = run->first_tile * step; group < end; group++) {
    normalize(
      (const float *)run->operands[0] + group * size, (float *)run->results[0] + group * size, size,
      epsilon);
  }
}

static int group_norm_kernel(const weft_call *call, weft_kernel *kernel, weft_error *error) {
  (void)error;
  const weft_tensor_type *x = call->operands[0];
  const int64_t groups = call->attributes[GROUPS].integer, width = x->dims[x->rank - 1];
  const int64_t size = width / groups, count = weft_count(x, 0, x->rank - 1) * groups;
  const int64_t tiles = (count + groups_of_tile(size) - 1) / groups_of_tile(size);
  kernel->tiles = tiles < 1 ? 1 : tiles;
  kernel->run = group_norm_run;
  kernel->parameters[0] = (uint64_t)size;
  kernel->parameters[1] = (uint64_t)(size ? count : 0);
  return 0;
}

static void group_norm_cost(const weft_call *call, weft_cost *cost) {
  cost->flops = 6 * weft_count(call->operands[0], 0, call->operands[0]->rank);
}

static int group_norm_reference(
  const weft_call *call, const double *const *operands, double *const *results,
  weft_error *error) {
  (void)error;
  const weft_tensor_type *x = call->operands[0];
  const int64_t size = x->dims[x->rank - 1] / call->attributes[GROUPS].integer;
  const int64_t all = weft_count(x, 0, x->rank);
  for (int64_t at = 0; at < all; at += size) {
    double mean = 0, variance = 0;
    for (int64_t i = at; i < at + size; i++) mean += operands[0][i] / (double)size;
    for (int64_t i = at; i < at + size; i++) {
      variance += (operands[0][i] - mean) * (operands[0][i] - mean) / (double)size;
    }
    for (int64_t i = at; i < at + size; i++) {
      results[0][i]
        = (operands[0][i] - mean) / sqrt(variance + call->attributes[EPSILON].real);
    }
  }
  return 0;
}

static const weft_operand group_norm_operands[] = {{.size = sizeof(weft_operand), .name = "x"}};
static const weft_attribute group_norm_attributes[] = {
  {.size = sizeof(weft_attribute), .name = "groups", .kind = WEFT_ATTRIBUTE_INT, .required = 1},
  {.size = sizeof(weft_attribute), .name = "epsilon", .kind = WEFT_ATTRIBUTE_REAL,
   .fallback = {.real = 1e-5}}};

static const weft_op group_norm_op = {
  .size = sizeof(weft_op),
  .name = "group_norm",
  .summary = "Normalization of groups of neighbouring elements of the last axis.",
  .category = "normalization",
  .operands = group_norm_operands,
  .operand_count = 1,
  .attributes = group_norm_attributes,
  .attribute_count = 2,
  .overwritable = 1,
  .shape = group_norm_shape,
  .kernel = group_norm_kernel,
  .cost = group_norm_cost,
  .reference = group_norm_reference,
};

static const weft_op *const ops[] = {&snake_op, &group_norm_op};
WEFT_PLUGIN("activations", "1.0", ops)
