// One head: out = softmax(cap(scale · q kᵀ) + bias) v. See weft_attention_args.
//
// A block of GEMM_NR queries lies across the lanes. Then a tile of scores, transposed, is
// K · Qᵀ with K read as it lies; maximum, exponential and sum run down the keys without a step
// across lanes; and the weights are, as they stand, the packed right side of Vᵀ · P, V read as it
// lies. Only Q (once a block) and the result are transposed.
//
// Blocks start at multiples of GEMM_NR and tiles of keys at multiples of ATTENTION_KEYS, whatever
// the range; a tile that shows a query nothing leaves its lane's bits as they were (· exp(0), + 0).
// So a query's bits don't hang on its neighbours. Values of hidden keys must be finite: they are
// multiplied with 0.
//
// Scores are in units of log₂: the queries are multiplied with scale · log₂ e once, and a weight is 2ˢ.
// The maximum of a tile is taken while its scores are in registers, unless they are capped, something is
// added to them, or the causal edge or the window's cuts the tile.

#include "attention_parts.h"

// So few queries would leave the lanes empty: one at a time, along the head (attention_single.h).
#define ATTENTION_FEW 3

typedef struct {
  float *query;   // [head_size][GEMM_NR]
  float *out;     // [value_size][GEMM_NR]
  float *scores;  // [ATTENTION_KEYS][GEMM_NR]
  float *added;   // [ATTENTION_KEYS][GEMM_NR], bias and mask
  float *wide_key, *wide_value;  // [ATTENTION_KEYS][head_size], [ATTENTION_KEYS][value_size]
} attention_buffers;

// A tile of keys and values as floats.
typedef struct {
  const float *key, *value;
  size_t key_stride, value_stride;
} attention_rows;

static size_t attention_scratch(const weft_attention_args *args) {
  size_t rows, size;
  if (__builtin_add_overflow(args->head_size, args->value_size, &rows)
      || __builtin_add_overflow(rows, (size_t)2 * ATTENTION_KEYS + 2 * VW, &rows)
      || __builtin_mul_overflow(rows, GEMM_NR * sizeof(float), &size)) {
    return SIZE_MAX;
  }
  if (args->format == WEFT_STATE_F32) return size;
  size_t wide;
  if (__builtin_add_overflow(args->head_size, args->value_size, &wide)
      || __builtin_mul_overflow(wide, ATTENTION_KEYS * sizeof(float), &wide)
      || __builtin_add_overflow(size, wide, &size)) {
    return SIZE_MAX;
  }
  return size;
}

static attention_buffers attention_divide(const weft_attention_args *args, void *scratch) {
  float *at = scratch;
  attention_buffers buffers;
  buffers.scores = at;
  buffers.added = at += (size_t)ATTENTION_KEYS * GEMM_NR;
  buffers.query = at += (size_t)ATTENTION_KEYS * GEMM_NR;
  buffers.out = at += args->head_size * GEMM_NR;
  // A vector beyond the last row of each may be touched.
  buffers.wide_key = at += (args->value_size + 2 * VW) * GEMM_NR;
  buffers.wide_value = at + ATTENTION_KEYS * args->head_size;
  return buffers;
}

// The rows from `key` on: as they stand, or widened.
WEFT_INLINE attention_rows attention_tile(
  const weft_attention_args *args, size_t key, size_t keys, const attention_buffers *buffers) {
  if (args->format == WEFT_STATE_F32) {
    const attention_rows rows = {
      (const float *)args->key + key * args->key_stride,
      (const float *)args->value + key * args->value_stride, args->key_stride, args->value_stride};
    return rows;
  }
  for (size_t i = 0; i < keys; i++) {
    state_load(
      args->format, (const char *)args->key + (key + i) * args->key_stride, args->head_size,
      buffers->wide_key + i * args->head_size);
    state_load(
      args->format, (const char *)args->value + (key + i) * args->value_stride, args->value_size,
      buffers->wide_value + i * args->value_size);
  }
  const attention_rows rows = {
    buffers->wide_key, buffers->wide_value, args->head_size, args->value_size};
  return rows;
}

// rows of `width` floats · scale -> [width][GEMM_NR], lanes without a row are zeros.
static void attention_pack_queries(
  const float *from, size_t stride, size_t rows, size_t width, float scale, float *to) {
  const vf factor = vf_set1(scale);
  for (size_t lane = 0; lane < GEMM_NR; lane += VW) {
    for (size_t d = 0; d < width; d += VW) {
      vf square[VW];
      attention_query_square(from, stride, rows, width, lane, d, factor, square);
      const size_t n = weft_min(width - d, VW);
      for (size_t i = 0; i < n; i++) vf_store(to + (d + i) * GEMM_NR + lane, square[i]);
    }
  }
}

// scores[key][lane] = k · q. Unless they are still to be changed: -∞ where the shared mask hides the
// key, and the maximum goes into `top`.
WEFT_INLINE void attention_scores(
  const int nv, const weft_attention_args *args, const attention_rows *tile, size_t key,
  size_t keys, attention_kind kind, bool fetches, const attention_buffers *buffers, vf *top) {
  const weft_split split = weft_balance(keys, GEMM_MR);
  size_t at = 0;
  for (size_t piece = 0; piece < split.pieces; piece++) {
    const size_t rows = split.base + (piece < split.longer);
    const uint8_t *mask = kind == ATTENTION_MASKED ? args->mask + key + at : NULL;
    if (fetches) {
      attention_fetch(
        tile->key + at * tile->key_stride, tile->key_stride, args->key_ahead, rows,
        args->head_size);
      attention_fetch(
        tile->value + at * tile->value_stride, tile->value_stride, args->value_ahead, rows,
        args->value_size);
    }
#define ATTENTION_CALL(m)                                                                 \
  do {                                                                                    \
    vf acc[GEMM_MR * GEMM_NV];                                                            \
    tile_zero(m * nv, acc);                                                               \
    tile_multiply(                                                                        \
      m, nv, args->head_size, tile->key + at * tile->key_stride,                          \
      tile->key_stride, 1, buffers->query, 0, tile_nothing_ahead(), acc);                 \
    attention_store_scores(m, nv, acc, mask, kind, buffers->scores + at * GEMM_NR, top);  \
  } while (0)
    TILE_SWITCH(rows, ATTENTION_CALL)
#undef ATTENTION_CALL
    at += rows;
  }
}

// out[d][lane] = alpha[lane] · out[d][lane] + Σ v[key][d] · weight[key][lane]
WEFT_INLINE void attention_values(
  const int nv, const weft_attention_args *args, const attention_rows *tile, size_t keys,
  const vf *alpha, const attention_buffers *buffers) {
  const weft_split split = weft_balance(args->value_size, GEMM_MR);
  size_t at = 0;
  for (size_t piece = 0; piece < split.pieces; piece++) {
    const size_t rows = split.base + (piece < split.longer);
#define ATTENTION_CALL(m)                                                                 \
  do {                                                                                    \
    vf acc[GEMM_MR * GEMM_NV];                                                            \
    float *out = buffers->out + at * GEMM_NR;                                             \
    attention_load_sums(m, nv, out, alpha, acc);                                          \
    tile_multiply(                                                                        \
      m, nv, keys, tile->value + at, 1, tile->value_stride,                               \
      buffers->scores, 0, tile_nothing_ahead(), acc);                                     \
    attention_store_sums(m, nv, acc, out);                                                \
  } while (0)
    TILE_SWITCH(rows, ATTENTION_CALL)
#undef ATTENTION_CALL
    at += rows;
  }
}

// Turns scores into weights 2^(score - top), carries maximum and sum along, and gives the factor that
// what was summed before is to be multiplied with.
WEFT_INLINE void attention_weigh(
  const int nv, size_t keys, const attention_buffers *buffers, const vf *top, vf *maximum, vf *sum,
  vf *alpha) {
  vf base[GEMM_NV], total[GEMM_NV];
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) {
    base[j] = vf_select(vf_eq(top[j], vf_set1(-INFINITY)), vf_set1(0.0f), top[j]);
    alpha[j] = math_exp2_negative(vf_sub(maximum[j], base[j]));
    maximum[j] = top[j];
    total[j] = vf_set1(0.0f);
  }
#pragma clang loop unroll_count(2)
  for (size_t i = 0; i < keys; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      float *at = buffers->scores + i * GEMM_NR + (size_t)j * VW;
      const vf weight = math_exp2_negative(vf_sub(vf_load(at), base[j]));
      total[j] = vf_add(total[j], weight);
      vf_store(at, weight);
    }
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < nv; j++) sum[j] = vf_fma(sum[j], alpha[j], total[j]);
}


WEFT_INLINE void attention_block(
  const int nv, const weft_attention_args *args, size_t query, size_t lane_begin,
  size_t lane_end, bool fetches, const attention_buffers *buffers) {
  const size_t queries = weft_min(args->queries - query, GEMM_NR);
  const ptrdiff_t keys = (ptrdiff_t)args->keys;
  const size_t end
    = (size_t)attention_clamp(attention_last(args, query + queries - 1), 0, keys);
  const size_t begin = (size_t)attention_clamp(attention_first(args, query), 0, keys);
  const bool added = args->bias || (args->mask && args->mask_stride != 0);

  attention_pack_queries(
    args->query + query * args->query_stride, args->query_stride, queries, args->head_size,
    args->scale * ATTENTION_LOG2_E, buffers->query);
  attention_fetch(
    args->query + query * args->query_stride, args->query_stride, args->query_ahead, queries,
    args->head_size);
  memset(buffers->out, 0, args->value_size * GEMM_NR * sizeof(float));
  vf maximum[GEMM_NV], sum[GEMM_NV], alpha[GEMM_NV];
  for (int j = 0; j < GEMM_NV; j++) {
    maximum[j] = vf_set1(-INFINITY);
    sum[j] = alpha[j] = vf_set1(0.0f);
  }
  for (size_t key = begin / ATTENTION_KEYS * ATTENTION_KEYS; key < end; key += ATTENTION_KEYS) {
    const size_t count = weft_min(end - key, ATTENTION_KEYS);
    if (!attention_any_visible(args, query, queries, key, count)) continue;
    const attention_limits limits = attention_limit(nv, args, query, queries, key, count);
    const attention_kind kind = added || limits.cut || args->softcap > 0.0f ? ATTENTION_CHANGED
      : args->mask ? ATTENTION_MASKED : ATTENTION_PLAIN;
    vf top[GEMM_NV];
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) top[j] = maximum[j];
    const attention_rows tile = attention_tile(args, key, count, buffers);
    attention_scores(nv, args, &tile, key, count, kind, fetches, buffers, top);
    if (added) attention_pack_added(args, query, queries, key, count, buffers->added);
    if (kind == ATTENTION_CHANGED) {
      attention_change(
        nv, args, &limits, key, count, added ? buffers->added : NULL, buffers->scores, top);
    }
    attention_weigh(nv, count, buffers, top, maximum, sum, alpha);
    attention_values(nv, args, &tile, count, alpha, buffers);
  }
  attention_unpack(args, query, lane_begin, lane_end, sum, buffers->out);
}

#include "attention_single.h"

// A copy for each number of vectors that hold queries.
#define ATTENTION_WIDTH(nv)                                                               \
  static __attribute__((noinline)) void attention_block_##nv(                             \
    const weft_attention_args *args, size_t query, size_t lane_begin, size_t lane_end,    \
    bool fetches, const attention_buffers *buffers) {                                     \
    attention_block(nv, args, query, lane_begin, lane_end, fetches, buffers);             \
  }
ATTENTION_WIDTH(1)
ATTENTION_WIDTH(2)
#if GEMM_NV >= 3
ATTENTION_WIDTH(3)
#endif

static void attention(
  const weft_attention_args *args, size_t query_begin, size_t query_end, void *scratch) {
  const attention_buffers buffers = attention_divide(args, scratch);
  if (args->queries <= ATTENTION_FEW) {
    for (size_t i = query_begin; i < query_end; i++) attention_single(args, i, &buffers);
    return;
  }
  for (size_t at = query_begin; at < query_end;) {
    const size_t query = at / GEMM_NR * GEMM_NR;
    const size_t lane_end = weft_min(query_end - query, GEMM_NR);
    const size_t filled = weft_min(args->queries - query, GEMM_NR);
    const bool fetches = at == query_begin;  // keys and values once, not for each block of queries
    if (filled <= VW) {
      attention_block_1(args, query, at - query, lane_end, fetches, &buffers);
    } else if (filled <= 2 * VW) {
      attention_block_2(args, query, at - query, lane_end, fetches, &buffers);
    }
#if GEMM_NV >= 3
    else {
      attention_block_3(args, query, at - query, lane_end, fetches, &buffers);
    }
#endif
    at = query + lane_end;
  }
}
