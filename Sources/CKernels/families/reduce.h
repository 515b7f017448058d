// Reductions of x[outer, axis, inner] over axis, in double: see weft_reduce_args.

// Partial sums of a row: eight chains, added in a fixed order.
#define REDUCE_CHAINS 8
#define REDUCE_COLUMNS 64

static double reduce_row_sum(const float *x, size_t n) {
  double acc[REDUCE_CHAINS] = {0};
  size_t i = 0;
  for (; i + REDUCE_CHAINS <= n; i += REDUCE_CHAINS) {
    for (size_t j = 0; j < REDUCE_CHAINS; j++) acc[j] += (double)x[i + j];
  }
  for (size_t j = 0; i + j < n; j++) acc[j] += (double)x[i + j];
  return ((acc[0] + acc[4]) + (acc[2] + acc[6])) + ((acc[1] + acc[5]) + (acc[3] + acc[7]));
}

WEFT_INLINE float reduce_larger(float x, float best) { return ((x > best) | (x != x)) ? x : best; }
WEFT_INLINE float reduce_smaller(float x, float best) { return ((x < best) | (x != x)) ? x : best; }

// NaN in `best` stays, as nothing compares with it.
static float reduce_row_extreme(const float *x, size_t n, bool largest) {
  const float worst = largest ? -INFINITY : INFINITY;
  float acc[16];
  for (size_t j = 0; j < 16; j++) acc[j] = worst;
  size_t i = 0;
  if (largest) {
    for (; i + 16 <= n; i += 16) {
      for (size_t j = 0; j < 16; j++) acc[j] = reduce_larger(x[i + j], acc[j]);
    }
    for (; i < n; i++) acc[0] = reduce_larger(x[i], acc[0]);
    for (size_t j = 1; j < 16; j++) acc[0] = reduce_larger(acc[j], acc[0]);
  } else {
    for (; i + 16 <= n; i += 16) {
      for (size_t j = 0; j < 16; j++) acc[j] = reduce_smaller(x[i + j], acc[j]);
    }
    for (; i < n; i++) acc[0] = reduce_smaller(x[i], acc[0]);
    for (size_t j = 1; j < 16; j++) acc[0] = reduce_smaller(acc[j], acc[0]);
  }
  return acc[0];
}

static void reduce_rows(const weft_reduce_args *args, size_t begin, size_t end) {
  const double divisor = args->reduction == WEFT_REDUCE_MEAN ? (double)args->axis : 1.0;
  for (size_t i = begin; i < end; i++) {
    const float *x = args->x + i * args->axis;
    if (args->reduction == WEFT_REDUCE_SUM || args->reduction == WEFT_REDUCE_MEAN) {
      args->out[i] = (float)(reduce_row_sum(x, args->axis) / divisor);
    } else {
      args->out[i] = reduce_row_extreme(x, args->axis, args->reduction == WEFT_REDUCE_MAX);
    }
  }
}

// Up to REDUCE_COLUMNS neighbouring outputs of one outer index.
static void reduce_columns(const weft_reduce_args *args, const float *x, float *out, size_t n) {
  if (args->reduction == WEFT_REDUCE_SUM || args->reduction == WEFT_REDUCE_MEAN) {
    const double divisor = args->reduction == WEFT_REDUCE_MEAN ? (double)args->axis : 1.0;
    double acc[REDUCE_COLUMNS] = {0};
    for (size_t i = 0; i < args->axis; i++) {
      for (size_t j = 0; j < n; j++) acc[j] += (double)x[i * args->inner + j];
    }
    for (size_t j = 0; j < n; j++) out[j] = (float)(acc[j] / divisor);
    return;
  }
  const bool largest = args->reduction == WEFT_REDUCE_MAX;
  float acc[REDUCE_COLUMNS];
  for (size_t j = 0; j < n; j++) acc[j] = largest ? -INFINITY : INFINITY;
  for (size_t i = 0; i < args->axis; i++) {
    const float *row = x + i * args->inner;
    if (largest) {
      for (size_t j = 0; j < n; j++) acc[j] = reduce_larger(row[j], acc[j]);
    } else {
      for (size_t j = 0; j < n; j++) acc[j] = reduce_smaller(row[j], acc[j]);
    }
  }
  for (size_t j = 0; j < n; j++) out[j] = acc[j];
}

static void reduce(const weft_reduce_args *args, size_t begin, size_t end) {
  if (args->inner == 1) {
    reduce_rows(args, begin, end);
    return;
  }
  for (size_t at = begin; at < end;) {
    const size_t outer = at / args->inner, column = at % args->inner;
    const size_t n = weft_min(weft_min(end - at, args->inner - column), REDUCE_COLUMNS);
    reduce_columns(
      args, args->x + outer * args->axis * args->inner + column, args->out + at, n);
    at += n;
  }
}

static void argmax(const weft_argmax_args *args, size_t row_begin, size_t row_end) {
  for (size_t row = row_begin; row < row_end; row++) {
    const float *x = args->x + row * args->width;
    // The value first, which vectors do; then where it stands.
    const float best = reduce_row_extreme(x, args->width, true);
    size_t at = 0;
    if (best != best) {
      while (x[at] == x[at]) at++;
    } else {
      while (x[at] != best) at++;
    }
    if (args->wide) ((int64_t *)args->out)[row] = (int64_t)at;
    else ((int32_t *)args->out)[row] = (int32_t)at;
  }
}
