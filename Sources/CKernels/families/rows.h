// Norms and softmax over rows: see weft_norm_args. A row is read twice or three times; it stays
// in L1. Sums run in four vectors, so an error grows with width / (4 · VW).

WEFT_INLINE vf rows_first(size_t n) {
  float lanes[VW];
  for (size_t i = 0; i < VW; i++) lanes[i] = i < n ? 1.0f : 0.0f;
  return vf_load(lanes);
}

// Writes s = x + residual to where the later passes read it; gives Σ s.
WEFT_INLINE float rows_sum(const float *x, const float *residual, float *to, size_t width) {
  vf acc[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
  size_t i = 0;
  for (; i + 4 * VW <= width; i += 4 * VW) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      vf v = vf_load(x + i + j * VW);
      if (residual) v = vf_add(v, vf_load(residual + i + j * VW));
      if (to) vf_store(to + i + j * VW, v);
      acc[j] = vf_add(acc[j], v);
    }
  }
  for (; i < width; i += VW) {
    const size_t n = width - i;
    vf v = vf_load_tail(x + i, n);
    if (residual) v = vf_add(v, vf_load_tail(residual + i, n));
    if (to) vf_store_tail(to + i, v, n);
    acc[0] = vf_add(acc[0], v);
  }
  return vf_hsum(vf_add(vf_add(acc[0], acc[1]), vf_add(acc[2], acc[3])));
}

// Σ (s - mean)²
WEFT_INLINE float rows_squares(const float *s, float mean, size_t width) {
  const vf center = vf_set1(mean);
  vf acc[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
  size_t i = 0;
  for (; i + 4 * VW <= width; i += 4 * VW) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const vf v = vf_sub(vf_load(s + i + j * VW), center);
      acc[j] = vf_fma(v, v, acc[j]);
    }
  }
  for (; i + VW <= width; i += VW) {
    const vf v = vf_sub(vf_load(s + i), center);
    acc[0] = vf_fma(v, v, acc[0]);
  }
  if (i < width) {
    const size_t n = width - i;
    const vf v = vf_mul(vf_sub(vf_loadn(s + i, n), center), rows_first(n));
    acc[1] = vf_fma(v, v, acc[1]);
  }
  return vf_hsum(vf_add(vf_add(acc[0], acc[1]), vf_add(acc[2], acc[3])));
}

// out = gamma · (s - mean) · factor + beta
WEFT_INLINE void rows_apply(
  const float *s, const float *gamma, const float *beta, float mean, float factor, float *out,
  size_t width) {
  const vf center = vf_set1(mean), scale = vf_set1(factor);
  for (size_t i = 0; i < width; i += VW) {
    const size_t n = width - i;
    vf v = vf_mul(vf_sub(vf_load_tail(s + i, n), center), scale);
    if (gamma && beta) {
      v = vf_fma(v, vf_load_tail(gamma + i, n), vf_load_tail(beta + i, n));
    } else if (gamma) {
      v = vf_mul(v, vf_load_tail(gamma + i, n));
    } else if (beta) {
      v = vf_add(v, vf_load_tail(beta + i, n));
    }
    vf_store_tail(out + i, v, n);
  }
}

WEFT_INLINE void rows_normalize(
  const float *s, float sum, const float *gamma, const float *beta, float epsilon, float *out,
  size_t width) {
  const float mean = sum / (float)width;
  const float variance = rows_squares(s, mean, width) / (float)width;
  rows_apply(s, gamma, beta, mean, 1.0f / sqrtf(variance + epsilon), out, width);
}

// Where the sum goes, and from where the later passes read it.
typedef struct { float *to; const float *from; } rows_place;

WEFT_INLINE rows_place rows_stage(const weft_norm_args *args, size_t row) {
  if (args->sum_out) {
    float *to = args->sum_out + row * args->sum_stride;
    return (rows_place){to, to};
  }
  if (args->residual) {
    float *to = args->out + row * args->out_stride;
    return (rows_place){to, to};
  }
  return (rows_place){NULL, args->x + row * args->x_stride};
}

static void layer_norm(const weft_norm_args *args, size_t row_begin, size_t row_end) {
  for (size_t row = row_begin; row < row_end; row++) {
    const rows_place place = rows_stage(args, row);
    const float *residual = args->residual ? args->residual + row * args->residual_stride : NULL;
    const float sum = rows_sum(args->x + row * args->x_stride, residual, place.to, args->width);
    rows_normalize(
      place.from, sum, args->gamma, args->beta, args->epsilon, args->out + row * args->out_stride,
      args->width);
  }
}

static void rms_norm(const weft_norm_args *args, size_t row_begin, size_t row_end) {
  for (size_t row = row_begin; row < row_end; row++) {
    const rows_place place = rows_stage(args, row);
    const float *residual = args->residual ? args->residual + row * args->residual_stride : NULL;
    if (place.to) rows_sum(args->x + row * args->x_stride, residual, place.to, args->width);
    const float mean = rows_squares(place.from, 0.0f, args->width) / (float)args->width;
    rows_apply(
      place.from, args->gamma, NULL, 0.0f, 1.0f / sqrtf(mean + args->epsilon),
      args->out + row * args->out_stride, args->width);
  }
}

static void softmax(const float *x, float *out, size_t width, size_t row_begin, size_t row_end) {
  const vf hidden = vf_set1(-INFINITY);
  for (size_t row = row_begin; row < row_end; row++) {
    const float *from = x + row * width;
    float *to = out + row * width;
    vf top = hidden;
    size_t i = 0;
    for (; i + VW <= width; i += VW) top = vf_max(vf_load(from + i), top);
    float maximum = vf_hmax(top);
    for (; i < width; i++) if (from[i] > maximum) maximum = from[i];
    const vf base = vf_set1(maximum == -INFINITY ? 0.0f : maximum);
    vf acc[2] = {vf_set1(0.0f), vf_set1(0.0f)};
    for (i = 0; i + VW <= width; i += VW) {
      const vf e = math_exp(vf_sub(vf_load(from + i), base));
      acc[i / VW % 2] = vf_add(acc[i / VW % 2], e);
      vf_store(to + i, e);
    }
    float sum = vf_hsum(vf_add(acc[0], acc[1]));
    if (i < width) {
      const size_t n = width - i;
      const vf e = vf_mul(math_exp(vf_sub(vf_loadn(from + i, n), base)), rows_first(n));
      float lanes[VW];
      vf_store(lanes, e);
      for (size_t lane = 0; lane < n; lane++) sum += lanes[lane];
      vf_storen(to + i, e, n);
    }
    const vf factor = vf_set1(sum == 0.0f ? 0.0f : 1.0f / sum);
    for (i = 0; i < width; i += VW) {
      vf_store_tail(to + i, vf_mul(vf_load_tail(to + i, width - i), factor), width - i);
    }
  }
}

static void l2_normalize(
  const float *x, float *out, size_t width, float epsilon, size_t row_begin, size_t row_end) {
  for (size_t row = row_begin; row < row_end; row++) {
    const float *from = x + row * width;
    double squares = 0.0;
    // In double: the squares of large and small elements stay in range.
    for (size_t i = 0; i < width; i++) squares += (double)from[i] * (double)from[i];
    const double norm = sqrt(squares);
    const double divisor = norm > (double)epsilon || norm != norm ? norm : (double)epsilon;
    for (size_t i = 0; i < width; i++) out[row * width + i] = (float)((double)from[i] / divisor);
  }
}
