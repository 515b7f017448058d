// `mean`, whose operand may stand several times, and elementwise ops that aren't: -DRUNNING, -DCROOKED.
#include "weft_plugin.h"

static int shape(const weft_call *call, weft_tensor_type *results, weft_error *error) {
  results[0] = *call->operands[0];
  for (uint32_t i = 1; i < call->operand_count; i++) {
    if (call->operands[i]->rank != results[0].rank) {
      return weft_fail(error, (int)i, "needs operands of one rank");
    }
    for (uint32_t j = 0; j < results[0].rank; j++) {
      if (call->operands[i]->dims[j] != results[0].dims[j]) {
        return weft_fail(error, (int)i, "needs operands of one shape");
      }
    }
  }
  return 0;
}

static void run(const weft_run *run) {
  const weft_call *call = run->call;
  const int64_t count = weft_count(call->results, 0, call->results->rank);
  for (int64_t i = 0; i < count; i++) {
    float sum = 0;
    for (uint32_t j = 0; j < call->operand_count; j++) {
      sum += ((const float *)run->operands[j])[i];
    }
    ((float *)run->results[0])[i] = sum / (float)call->operand_count;
  }
}

static int kernel(const weft_call *call, weft_kernel *kernel, weft_error *error) {
  (void)call;
  (void)error;
  kernel->tiles = 1;
  kernel->run = run;
  return 0;
}

static int reference(
  const weft_call *call, const double *const *operands, double *const *results,
  weft_error *error) {
  (void)error;
  const int64_t count = weft_count(call->results, 0, call->results->rank);
  for (int64_t i = 0; i < count; i++) {
    double sum = 0;
    for (uint32_t j = 0; j < call->operand_count; j++) sum += operands[j][i];
    results[0][i] = sum / call->operand_count;
  }
  return 0;
}

static const weft_operand operands[] = {
  {.size = sizeof(weft_operand), .name = "x", .variadic = 1}};
static const weft_op mean = {
  .size = sizeof(weft_op), .name = "mean", .summary = "The mean of all operands.",
  .operands = operands, .operand_count = 1, .shape = shape, .kernel = kernel,
  .reference = reference};

// Says that it is elementwise, and adds what came before.
static void running(
  const weft_value *attributes, const float *const *x, float *result, size_t count) {
  (void)attributes;
  float sum = 0;
  for (size_t i = 0; i < count; i++) result[i] = sum += x[0][i];
}

// Reads an operand after it wrote there.
static void crooked(
  const weft_value *attributes, const float *const *x, float *result, size_t count) {
  (void)attributes;
  for (size_t i = 0; i < count; i++) {
    result[i] = x[0][i] + 1;
    result[i] = result[i] * x[0][i];
  }
}

static const weft_operand one[] = {{.size = sizeof(weft_operand), .name = "x"}};
static const weft_op running_op = {
  .size = sizeof(weft_op), .name = "running", .summary = "A sum.", .operands = one,
  .operand_count = 1, .elementwise = running};
static const weft_op crooked_op = {
  .size = sizeof(weft_op), .name = "crooked", .summary = "x (x + 1).", .operands = one,
  .operand_count = 1, .elementwise = crooked};

static const weft_op *const ops[] = {&mean, &running_op, &crooked_op};
WEFT_PLUGIN("means", "1.0", ops)
