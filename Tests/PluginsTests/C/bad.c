// One op, `echo`, that gives its operand back; every -D makes one thing wrong.
#include <stdlib.h>
#include <unistd.h>

#include "weft_plugin.h"

#ifndef NAME
#define NAME "echo"
#endif
#ifndef SUMMARY
#define SUMMARY "Gives x."
#endif
#ifndef CATEGORY
#define CATEGORY "other"
#endif
#ifndef OPERAND
#define OPERAND "x"
#endif
#ifndef OPERANDS
#define OPERANDS operands
#endif
#ifndef OPERAND_COUNT
#define OPERAND_COUNT 1
#endif
#ifndef OPTIONAL
#define OPTIONAL 0
#endif
#ifndef VARIADIC
#define VARIADIC 0
#endif
#ifndef ELEMENTS
#define ELEMENTS 0
#endif
#ifndef OP_SIZE
#define OP_SIZE sizeof(weft_op)
#endif
#ifndef RESULTS
#define RESULTS 1
#endif
#ifndef KIND
#define KIND WEFT_ATTRIBUTE_STRING
#endif
#ifndef ATTRIBUTE
#define ATTRIBUTE "mode"
#endif
#ifndef CHOICES
#define CHOICES choices
#endif
#ifndef FALLBACK
#define FALLBACK "fast"
#endif
#ifndef SHAPE
#define SHAPE shape
#endif
#ifndef KERNEL
#define KERNEL kernel
#endif
#ifndef ELEMENTWISE
#define ELEMENTWISE NULL
#endif
#ifndef OPS
#define OPS ops
#endif
#ifndef PLUGIN
#define PLUGIN "bad"
#endif
#ifndef ELEMENT
#define ELEMENT x->element
#endif
#ifndef RANK
#define RANK x->rank
#endif
#ifndef EXTENT
#define EXTENT x->dims[0]
#endif
#ifndef TILES
#define TILES 1
#endif
#ifndef SCRATCH
#define SCRATCH 0
#endif
#ifndef RUN
#define RUN run
#endif
#ifndef BEFORE_SHAPE
#define BEFORE_SHAPE
#endif
#ifndef ATTRIBUTE_COUNT
#define ATTRIBUTE_COUNT 1
#endif
#ifndef REFERENCE
#define REFERENCE NULL
#endif
#ifndef COST
#define COST NULL
#endif
#ifndef BEFORE_KERNEL
#define BEFORE_KERNEL
#endif

static const weft_operand operands[] = {
  {.size = sizeof(weft_operand), .name = OPERAND, .optional = OPTIONAL, .elements = ELEMENTS,
   .variadic = VARIADIC},
  {.size = sizeof(weft_operand), .name = "x"}};
static const char *const choices[] = {"fast", "slow"};
#ifdef COUNT
static const int64_t integers[] = {1, 2};
static const weft_attribute attributes[] = {
  {.size = sizeof(weft_attribute), .name = ATTRIBUTE, .kind = WEFT_ATTRIBUTE_INTS,
   .fallback = {.integers = integers, .count = COUNT}}};
#else
static const weft_attribute attributes[] = {
  {.size = sizeof(weft_attribute), .name = ATTRIBUTE, .kind = KIND, .choices = CHOICES,
   .choice_count = 2, .fallback = {.text = FALLBACK}}};
#endif

static int shape(const weft_call *call, weft_tensor_type *results, weft_error *error) {
  (void)error;
  const weft_tensor_type *x = call->operands[0];
  BEFORE_SHAPE
  results[0] = *x;
  results[0].element = ELEMENT;
  results[0].rank = RANK;
  results[0].dims[0] = EXTENT;
  return 0;
}

static void run(const weft_run *run) {
  const int64_t count = weft_count(run->call->operands[0], 0, run->call->operands[0]->rank);
  const float *x = run->operands[0];
  for (int64_t i = 0; i < count; i++) {
    ((float *)run->results[0])[i] = x[i];
    if (x[i] < 0) weft_report(run, i);
  }
}

static int kernel(const weft_call *call, weft_kernel *kernel, weft_error *error) {
  (void)call;
  (void)error;
  BEFORE_KERNEL
  kernel->tiles = TILES;
  kernel->scratch = SCRATCH;
  kernel->run = RUN;
  return 0;
}

static void elementwise(
  const weft_value *values, const float *const *x, float *result, size_t count) {
  (void)values;
  for (size_t i = 0; i < count; i++) result[i] = x[0][i];
}

static int reference(
  const weft_call *call, const double *const *operands, double *const *results,
  weft_error *error) {
  (void)error;
  const int64_t count = weft_count(call->operands[0], 0, call->operands[0]->rank);
  for (int64_t i = 0; i < count; i++) results[0][i] = operands[0][i];
  return 0;
}

static void late_cost(const weft_call *call, weft_cost *cost) {
  (void)call;
  (void)cost;
  for (;;) pause();
}

static const weft_op op = {
  .size = OP_SIZE,
  .name = NAME,
  .summary = SUMMARY,
  .category = CATEGORY,
  .operands = OPERANDS,
  .operand_count = OPERAND_COUNT,
  .attributes = attributes,
  .attribute_count = ATTRIBUTE_COUNT,
  .result_count = RESULTS,
  .shape = SHAPE,
  .kernel = KERNEL,
  .cost = COST,
  .reference = REFERENCE,
  .elementwise = ELEMENTWISE,
  .fault = "a number is below 0",
};

static const weft_op same = {
  .size = sizeof(weft_op), .name = "same", .summary = SUMMARY, .operands = operands,
  .operand_count = 1, .elementwise = elementwise};

// A larger struct, as a plugin of the future has it.
typedef struct { weft_op op; uint64_t more; } future_op;
static const future_op future = {
  .op = {.size = sizeof(future_op), .name = NAME, .summary = SUMMARY, .operands = operands,
         .operand_count = 1, .shape = shape, .kernel = kernel},
#ifdef FUTURE
  .more = FUTURE
#endif
};

// Operands as revision 1 of the header had them: 24 bytes each.
#ifndef OLD_SIZE
#define OLD_SIZE sizeof(old_operand)
#endif
typedef struct { uint32_t size, optional; const char *name; uint32_t elements, reserved; } old_operand;
static const old_operand old_operands[] = {
  {.size = OLD_SIZE, .name = "x"}, {.size = OLD_SIZE, .name = "y"}};
static const weft_op old = {
  .size = sizeof(weft_op), .name = NAME, .summary = SUMMARY,
  .operands = (const weft_operand *)old_operands, .operand_count = 2, .shape = shape,
  .kernel = kernel};
#ifdef OLD
#undef OPS
#define OPS olds
#undef WEFT_PLUGIN_REVISION
#define WEFT_PLUGIN_REVISION 1
#endif

static const weft_op *const ops[] = {&op};
static const weft_op *const olds[] = {&old};
static const weft_op *const twice[] = {&op, &op};
static const weft_op *const both[] = {&op, &same};
static const weft_op *const none[] = {NULL};
static const weft_op *const futures[] = {&future.op};

#ifdef CONSTRUCTOR
__attribute__((constructor)) static void loaded(void) { setenv("WEFT_TEST_PLUGIN_RAN", "1", 1); }
#endif

#ifdef ABI
#undef WEFT_PLUGIN_ABI
#define WEFT_PLUGIN_ABI ABI
#endif
#ifdef NO_TABLE
WEFT_PLUGIN_EXPORT const weft_plugin_identity weft_plugin = {
  {'w', 'e', 'f', 't', 'p', 'l', 'u', 'g'}, sizeof(weft_plugin_identity), 1, 1, 0, "bad", "1", ""};
#elif defined(NO_MAGIC)
WEFT_PLUGIN_EXPORT const weft_plugin_identity weft_plugin = {
  {'?'}, sizeof(weft_plugin_identity), 1, 1, 0, "bad", "1", ""};
WEFT_PLUGIN_EXPORT const weft_plugin_table weft_plugin_ops = {
  sizeof(weft_plugin_table), 0, ops, 1};
#elif !defined(NO_PLUGIN)
WEFT_PLUGIN(PLUGIN, "1.0", OPS)
#endif
