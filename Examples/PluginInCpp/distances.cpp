// An op for graph files in C++: distances between all pairs of rows, with a choice of metric.
//
//   make && weft check --plugin distances.so example.weft
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "weft_plugin.h"

namespace {

enum class Metric : std::int64_t { euclidean, manhattan };

// No exception leaves a function that Weft calls: `noexcept` ends the process instead of undefined
// behaviour, and nothing here throws.

int shape(const weft_call *call, weft_tensor_type *results, weft_error *error) noexcept {
  const weft_tensor_type &a = *call->operands[0], &b = *call->operands[1];
  if (a.rank != 2) return weft_fail(error, 0, "needs rows of rank 2");
  if (b.rank != 2) return weft_fail(error, 1, "needs rows of rank 2");
  if (a.dims[1] != b.dims[1]) return weft_fail(error, 1, "needs rows of equal lengths");
  results[0].element = WEFT_ELEMENT_F32;
  results[0].rank = 2;
  results[0].dims[0] = a.dims[0];
  results[0].dims[1] = b.dims[0];
  return 0;
}

template <Metric metric, typename Real>
Real distance(const Real *x, const Real *y, std::int64_t width) noexcept {
  Real sum = 0;
  for (std::int64_t i = 0; i < width; i++) {
    const Real d = x[i] - y[i];
    sum += metric == Metric::euclidean ? d * d : std::fabs(d);
  }
  return metric == Metric::euclidean ? std::sqrt(sum) : sum;
}

// A tile is one row of the result.
template <Metric metric>
void run(const weft_run *run) noexcept {
  const weft_call &call = *run->call;
  const std::int64_t columns = call.operands[1]->dims[0], width = call.operands[0]->dims[1];
  const auto *a = static_cast<const float *>(run->operands[0]);
  const auto *b = static_cast<const float *>(run->operands[1]);
  auto *out = static_cast<float *>(run->results[0]);
  const std::int64_t end = std::min(run->end_tile, call.operands[0]->dims[0]);
  for (std::int64_t i = run->first_tile; i < end; i++) {
    for (std::int64_t j = 0; j < columns; j++) {
      out[i * columns + j] = distance<metric>(a + i * width, b + j * width, width);
    }
  }
}

int kernel(const weft_call *call, weft_kernel *kernel, weft_error *) noexcept {
  const auto metric = static_cast<Metric>(call->attributes[0].integer);
  kernel->tiles = std::max<std::int64_t>(call->operands[0]->dims[0], 1);
  kernel->run = metric == Metric::euclidean ? run<Metric::euclidean> : run<Metric::manhattan>;
  return 0;
}

void cost(const weft_call *call, weft_cost *cost) noexcept {
  cost->flops = 3 * weft_count(call->operands[0], 0, 2) * call->operands[1]->dims[0];
}

int reference(
  const weft_call *call, const double *const *operands, double *const *results,
  weft_error *) noexcept {
  const auto metric = static_cast<Metric>(call->attributes[0].integer);
  const std::int64_t rows = call->operands[0]->dims[0], columns = call->operands[1]->dims[0];
  const std::int64_t width = call->operands[0]->dims[1];
  for (std::int64_t i = 0; i < rows; i++) {
    for (std::int64_t j = 0; j < columns; j++) {
      const double *x = operands[0] + i * width, *y = operands[1] + j * width;
      results[0][i * columns + j] = metric == Metric::euclidean
        ? distance<Metric::euclidean>(x, y, width) : distance<Metric::manhattan>(x, y, width);
    }
  }
  return 0;
}

constexpr const char *metrics[] = {"euclidean", "manhattan"};

constexpr weft_operand operand(const char *name) {
  weft_operand operand{};
  operand.size = sizeof operand;
  operand.name = name;
  return operand;
}

constexpr weft_operand operands[] = {operand("a"), operand("b")};

constexpr weft_attribute attributes[] = {[] {
  weft_attribute attribute{};
  attribute.size = sizeof attribute;
  attribute.name = "metric";
  attribute.kind = WEFT_ATTRIBUTE_STRING;
  attribute.choices = metrics;
  attribute.choice_count = 2;
  attribute.fallback.text = metrics[0];
  return attribute;
}()};

constexpr weft_op distances = [] {
  weft_op op{};
  op.size = sizeof op;
  op.name = "distances";
  op.summary = "The distance of each row of a from each row of b.";
  op.category = "matrix_product";
  op.operands = operands;
  op.operand_count = 2;
  op.attributes = attributes;
  op.attribute_count = 1;
  op.shape = shape;
  op.kernel = kernel;
  op.cost = cost;
  op.reference = reference;
  return op;
}();

constexpr const weft_op *ops[] = {&distances};

}  // namespace

WEFT_PLUGIN("distances", "1.0", ops)
