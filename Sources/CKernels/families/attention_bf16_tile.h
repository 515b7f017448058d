// One block of queries over one tile of keys, all of them packed: see attention_bf16.h.
//
// scores -> maximum -> weights -> sums of values. The weights of a block are made while the values of the
// block before it are summed: multiply-adds keep two of four vector units busy, 2ˢ mostly the other two.

// acc[m][nv] += pairs of `a`, a word for each row, by pairs of b.
WEFT_INLINE void attention_bf16_multiply(
  const int m, const int nv, size_t pairs, const uint32_t *a, size_t a_row, size_t a_pair,
  const uint32_t *b, vf *acc) {
  for (size_t i = 0; i < pairs; i++, a += a_pair, b += GEMM_NR) {
    vi x[GEMM_NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) x[j] = bf16_load(b + j * VW);
#pragma clang loop unroll(full)
    for (int r = 0; r < m; r++) {
      const vi y = vi_set1((int32_t)a[(size_t)r * a_row]);
#pragma clang loop unroll(full)
      for (int j = 0; j < nv; j++) acc[r * nv + j] = bf16_dot(acc[r * nv + j], y, x[j]);
    }
  }
}

WEFT_INLINE void attention_bf16_scores(
  const int nv, const weft_attention_args *args, size_t key, size_t keys, attention_kind kind,
  const uint32_t *query, const attention_bf16_buffers *buffers, vf *top) {
  const weft_split split = weft_balance(keys, GEMM_MR);
  size_t at = 0;
  for (size_t piece = 0; piece < split.pieces; piece++) {
    const size_t rows = split.base + (piece < split.longer);
    const uint8_t *mask = kind == ATTENTION_MASKED ? args->mask + key + at : NULL;
#define ATTENTION_CALL(m)                                                                 \
  do {                                                                                    \
    vf acc[GEMM_MR * GEMM_NV];                                                            \
    tile_zero(m * nv, acc);                                                               \
    attention_bf16_multiply(                                                              \
      m, nv, (args->head_size + 1) / 2, buffers->key + at * buffers->pairs,               \
      buffers->pairs, 1, query, acc);                                                     \
    attention_store_scores(m, nv, acc, mask, kind, buffers->scores + at * GEMM_NR, top);  \
  } while (0)
    TILE_SWITCH(rows, ATTENTION_CALL)
#undef ATTENTION_CALL
    at += rows;
  }
}

// Scores on their way to weights, two keys at a time.
typedef struct {
  const float *scores;
  uint32_t *weights;
  vf base[GEMM_NV], total[GEMM_NV];
  size_t pair, pairs;
} attention_bf16_weighing;

// As attention_weigh begins: gives alpha.
WEFT_INLINE attention_bf16_weighing attention_bf16_begin_weighing(
  const int nv, size_t keys, const vf *top, float *carried, float *scores, uint32_t *weights,
  vf *alpha) {
  attention_bf16_weighing weighing = {.scores = scores, .weights = weights, .pairs = (keys + 1) / 2};
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    weighing.base[j] = vf_select(vf_eq(top[j], vf_set1(-INFINITY)), vf_set1(0.0f), top[j]);
    weighing.total[j] = vf_set1(0.0f);
    alpha[j] = math_exp2_negative(vf_sub(vf_load(carried + j * VW), weighing.base[j]));
    vf_store(carried + j * VW, top[j]);
    if (keys % 2) vf_store(scores + keys * GEMM_NR + j * VW, vf_set1(-INFINITY));
  }
  return weighing;
}

WEFT_INLINE void attention_bf16_weigh_pair(const int nv, attention_bf16_weighing *weighing) {
  const vi ones = vi_set1(0x3f803f80);
  const float *at = weighing->scores + weighing->pair * 2 * GEMM_NR;
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    const vf base = weighing->base[j];
    const vf first = math_exp2_rounded(vf_sub(vf_load(at + j * VW), base));
    const vf second = math_exp2_rounded(vf_sub(vf_load(at + GEMM_NR + j * VW), base));
    const vi both = bf16_pairs(first, second);
    weighing->total[j] = bf16_dot(weighing->total[j], both, ones);
    bf16_store(weighing->weights + weighing->pair * GEMM_NR + j * VW, both);
  }
  weighing->pair++;
}

WEFT_INLINE void attention_bf16_end_weighing(
  const int nv, attention_bf16_weighing *weighing, float *carried, const vf *alpha) {
#pragma clang loop unroll_count(2)
  while (weighing->pair < weighing->pairs) attention_bf16_weigh_pair(nv, weighing);
  float *sum = carried + GEMM_NR;
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    vf_store(sum + j * VW, vf_fma(vf_load(sum + j * VW), alpha[j], weighing->total[j]));
  }
}

// A block of queries whose weights are ready, and whose values are still to be summed.
typedef struct {
  const uint32_t *weights;
  float *sums;
  size_t keys;  // 0: none
  vf alpha[GEMM_NV];
} attention_bf16_weighed;

// Rows of a tile beside which there are registers to weigh.
#define ATTENTION_BESIDE_MR 8

// Makes weights of the next block's scores between the multiply-adds, where there are any.
WEFT_INLINE void attention_bf16_values(
  const int nv, const weft_attention_args *args, const attention_bf16_weighed *weighed,
  attention_bf16_weighing *weighing, const attention_bf16_buffers *buffers) {
  const size_t pairs = (weighed->keys + 1) / 2;
  const weft_split split
    = weft_balance(args->value_size, weighing ? ATTENTION_BESIDE_MR : GEMM_MR);
  size_t at = 0;
  for (size_t piece = 0; piece < split.pieces; piece++) {
    const size_t rows = split.base + (piece < split.longer);
#define ATTENTION_CALL(m)                                                                 \
  do {                                                                                    \
    vf acc[GEMM_MR * GEMM_NV];                                                            \
    float *out = weighed->sums + at * GEMM_NR;                                            \
    attention_load_sums(m, nv, out, weighed->alpha, acc);                                 \
    size_t i = 0;                                                                         \
    if (weighing) {                                                                       \
      for (; i + split.pieces <= pairs && weighing->pair < weighing->pairs;               \
           i += split.pieces) {                                                           \
        attention_bf16_weigh_pair(nv, weighing);                                          \
        attention_bf16_multiply(                                                          \
          m, nv, split.pieces, buffers->value + i * buffers->values + at, 1,              \
          buffers->values, weighed->weights + i * GEMM_NR, acc);                          \
      }                                                                                   \
    }                                                                                     \
    attention_bf16_multiply(                                                              \
      m, nv, pairs - i, buffers->value + i * buffers->values + at, 1, buffers->values,    \
      weighed->weights + i * GEMM_NR, acc);                                               \
    attention_store_sums(m, nv, acc, out);                                                \
  } while (0)
    if (weighing) {
      switch (rows) {
        TILE_CASE(ATTENTION_CALL, 1) TILE_CASE(ATTENTION_CALL, 2) TILE_CASE(ATTENTION_CALL, 3)
        TILE_CASE(ATTENTION_CALL, 4) TILE_CASE(ATTENTION_CALL, 5) TILE_CASE(ATTENTION_CALL, 6)
        TILE_CASE(ATTENTION_CALL, 7) TILE_CASE(ATTENTION_CALL, 8)
        default: __builtin_unreachable();
      }
    } else {
      TILE_SWITCH(rows, ATTENTION_CALL)
    }
#undef ATTENTION_CALL
    at += rows;
  }
}

static __attribute__((noinline)) void attention_bf16_sum(
  const weft_attention_args *args, attention_bf16_weighed *weighed,
  const attention_bf16_buffers *buffers) {
  if (weighed->keys == 0) return;
  attention_bf16_values(GEMM_NV, args, weighed, NULL, buffers);
  weighed->keys = 0;
}

// One block of queries over one tile of keys, from `key` on. Sums the values of `weighed`, a block before
// on the same tile, and leaves its own there.
WEFT_INLINE void attention_bf16_tile(
  const int nv, const weft_attention_args *args, size_t query, size_t queries, size_t key,
  size_t keys, size_t block, const attention_bf16_buffers *buffers,
  attention_bf16_weighed *weighed) {
  const bool added = args->bias || (args->mask && args->mask_stride != 0);
  const attention_limits limits = attention_limit(nv, args, query, queries, key, keys);
  const attention_kind kind = added || limits.cut || args->softcap > 0.0f ? ATTENTION_CHANGED
    : args->mask ? ATTENTION_MASKED : ATTENTION_PLAIN;
  float *carried = buffers->carried + block * 2 * GEMM_NR;
  vf top[GEMM_NV];
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) top[j] = vf_load(carried + j * VW);
  attention_bf16_scores(
    nv, args, key, keys, kind, buffers->query + block * buffers->pairs * GEMM_NR, buffers, top);
  if (added) attention_pack_added(args, query, queries, key, keys, buffers->added);
  if (kind == ATTENTION_CHANGED) {
    attention_change(
      nv, args, &limits, key, keys, added ? buffers->added : NULL, buffers->scores, top);
  }
  const bool second = weighed->keys > 0 && weighed->weights == buffers->weights[0];
  uint32_t *weights = buffers->weights[second];
  attention_bf16_weighed own = {
    .weights = weights, .sums = buffers->out + block * buffers->values * GEMM_NR, .keys = keys};
  attention_bf16_weighing weighing = attention_bf16_begin_weighing(
    nv, keys, top, carried, buffers->scores, weights, own.alpha);
  if (nv == GEMM_NV && weighed->keys > 0) {
    attention_bf16_values(nv, args, weighed, &weighing, buffers);
  }
  attention_bf16_end_weighing(nv, &weighing, carried, own.alpha);
  if (nv == GEMM_NV) {
    *weighed = own;
  } else {
    attention_bf16_values(nv, args, &own, NULL, buffers);
  }
}

#define ATTENTION_WIDTH(nv)                                                               \
  static __attribute__((noinline)) void attention_bf16_tile_##nv(                         \
    const weft_attention_args *args, size_t query, size_t queries, size_t key,            \
    size_t keys, size_t block, const attention_bf16_buffers *buffers,                     \
    attention_bf16_weighed *weighed) {                                                    \
    attention_bf16_tile(nv, args, query, queries, key, keys, block, buffers, weighed);    \
  }
ATTENTION_WIDTH(1)
ATTENTION_WIDTH(2)
