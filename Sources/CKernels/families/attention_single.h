// Attention of one query at a time: vectors along the head, K and V each read once in order.
// That is bound by memory; chosen by the number of queries in the shape, never by the range.

WEFT_INLINE float attention_dot(const float *a, const float *b, size_t n) {
  vf acc[4] = {vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f), vf_set1(0.0f)};
  size_t i = 0;
  for (; i + 4 * VW <= n; i += 4 * VW) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      acc[j] = vf_fma(vf_load(a + i + j * VW), vf_load(b + i + j * VW), acc[j]);
    }
  }
  for (; i < n; i += VW) {
    acc[0] = vf_fma(vf_load_tail(a + i, n - i), vf_load_tail(b + i, n - i), acc[0]);
  }
  return vf_hsum(vf_add(vf_add(acc[0], acc[1]), vf_add(acc[2], acc[3])));
}

WEFT_INLINE bool attention_visible(const weft_attention_args *args, size_t i, size_t j) {
  return !args->mask || args->mask[i * args->mask_stride + j] != 0;
}

// out[d] = alpha · out[d] + Σ weight[key] · v[key][d], for `nv` vectors from d on.
WEFT_INLINE void attention_single_values(
  const int nv, const float *value, size_t stride, const float *weights, size_t keys, float alpha,
  float *out, size_t width) {
  vf acc[4];
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    acc[j] = vf_mul(vf_set1(alpha), vf_load_tail(out + j * VW, width - (size_t)j * VW));
  }
  for (size_t i = 0; i < keys; i++) {
    const vf weight = vf_set1(weights[i]);
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      const vf v = vf_load_tail(value + i * stride + j * VW, width - (size_t)j * VW);
      acc[j] = vf_fma(weight, v, acc[j]);
    }
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) vf_store_tail(out + j * VW, acc[j], width - (size_t)j * VW);
}

// Caps scores, but for those of hidden keys.
WEFT_INLINE void attention_single_cap(float softcap, size_t keys, float *scores) {
  const vf limit = vf_set1(softcap), hidden = vf_set1(-INFINITY);
  for (size_t j = 0; j < keys; j += VW) {
    const vf v = vf_load_tail(scores + j, keys - j);
    vf_store_tail(
      scores + j, vf_select(vf_eq(v, hidden), hidden, attention_cap(v, limit)), keys - j);
  }
}

static void attention_single(
  const weft_attention_args *args, size_t i, const attention_buffers *buffers) {
  const ptrdiff_t keys = (ptrdiff_t)args->keys;
  const size_t end = (size_t)attention_clamp(attention_last(args, i), 0, keys);
  const size_t begin = (size_t)attention_clamp(attention_first(args, i), 0, keys);
  const float *query = args->query + i * args->query_stride;
  float *weights = buffers->scores, *sums = buffers->out;
  memset(sums, 0, args->value_size * sizeof(float));
  float maximum = -INFINITY, sum = 0.0f;

  for (size_t key = begin; key < end; key += ATTENTION_KEYS) {
    const size_t count = weft_min(end - key, ATTENTION_KEYS);
    if (!attention_any_visible(args, i, 1, key, count)) continue;
    const attention_rows tile = attention_tile(args, key, count, buffers);
    float top = maximum;
    for (size_t j = 0; j < count; j++) {
      weights[j] = -INFINITY;
      if (!attention_visible(args, i, key + j)) continue;
      const float dot = attention_dot(
        query, tile.key + j * tile.key_stride, args->head_size);
      weights[j] = dot * args->scale;
    }
    if (args->softcap > 0.0f) attention_single_cap(args->softcap, count, weights);
    for (size_t j = 0; j < count; j++) {
      if (args->bias) weights[j] += args->bias[i * args->bias_stride + key + j];
      if (weights[j] > top) top = weights[j];
    }
    const float base = top == -INFINITY ? 0.0f : top;
    float alpha[VW];
    vf_store(alpha, math_exp(vf_set1(maximum - base)));
    vf total = vf_set1(0.0f);
    for (size_t j = 0; j < count; j += VW) {
      const size_t n = weft_min(count - j, VW);
      float lanes[VW];
      for (size_t lane = 0; lane < VW; lane++) lanes[lane] = lane < n ? weights[j + lane] : -INFINITY;
      const vf weight = math_exp(vf_sub(vf_load(lanes), vf_set1(base)));
      total = vf_add(total, weight);
      vf_store(weights + j, weight);
    }
    sum = sum * alpha[0] + vf_hsum(total);
    maximum = top;
    size_t d = 0;
    for (; d + 4 * VW <= args->value_size; d += 4 * VW) {
      attention_single_values(
        4, tile.value + d, tile.value_stride, weights, count, alpha[0], sums + d, 4 * VW);
    }
    for (; d < args->value_size; d += VW) {
      attention_single_values(
        1, tile.value + d, tile.value_stride, weights, count, alpha[0], sums + d,
        args->value_size - d);
    }
  }
  const vf divisor = vf_set1(sum == 0.0f ? 1.0f : sum);
  float *out = args->out + i * args->out_stride;
  for (size_t d = 0; d < args->value_size; d += VW) {
    const size_t n = args->value_size - d;
    vf_store_tail(out + d, vf_div(vf_load_tail(sums + d, n), divisor), n);
  }
}
