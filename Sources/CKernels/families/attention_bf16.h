// One head, its products in bf16: see weft_bf16_kernels.
//
// As attention.h has it, but keys, values, queries and weights are rounded to bf16, two of them a word of
// 32 bits, and a lane's multiply-add takes a pair: of elements of the head for scores, of keys for
// values. Keys and values are rounded a tile at a time, for up to ATTENTION_GROUP blocks of
// queries together.
//
// A weight is rounded before it is used and summed, so that the result is a mean of values, weighted
// by what they were multiplied with. Hence 2ˢ needs no more than the 4 digits of math_exp2_rounded.
#include "attention_parts.h"

#define ATTENTION_GROUP 8

typedef struct {
  float *scores;    // [ATTENTION_KEYS][GEMM_NR]
  float *added;     // [ATTENTION_KEYS][GEMM_NR], bias and mask
  float *carried;   // [ATTENTION_GROUP][2][GEMM_NR]: maximum and sum of each block
  float *out;       // [ATTENTION_GROUP][value_size][GEMM_NR]
  uint32_t *query;    // [ATTENTION_GROUP][pairs][GEMM_NR]
  uint32_t *weights[2];  // [ATTENTION_KEYS / 2][GEMM_NR], by turns
  uint32_t *key;      // [ATTENTION_KEYS][pairs]
  uint32_t *value;    // [ATTENTION_KEYS / 2][value_size]
  size_t pairs;       // words of a row of keys; whole vectors
  size_t values;      // words of a row of pairs of values; whole vectors
} attention_bf16_buffers;

WEFT_INLINE size_t attention_bf16_whole(size_t n) { return (n + VW - 1) / VW * VW; }

static size_t attention_bf16_scratch(const weft_attention_args *args) {
  // Words for each element of a head, of queries or keys and of values.
  const size_t each = (ATTENTION_GROUP * GEMM_NR + ATTENTION_KEYS) * sizeof(float);
  const size_t fixed = (3 * ATTENTION_KEYS + 2 * ATTENTION_GROUP) * GEMM_NR
    * sizeof(float);
  size_t sizes, size;
  if (__builtin_add_overflow(args->head_size, args->value_size, &sizes)
      || __builtin_add_overflow(sizes, (size_t)3 * VW, &sizes)
      || __builtin_mul_overflow(sizes, each, &size) || __builtin_add_overflow(size, fixed, &size)) {
    return SIZE_MAX;
  }
  return size;
}

static attention_bf16_buffers attention_bf16_divide(
  const weft_attention_args *args, void *scratch) {
  attention_bf16_buffers buffers;
  buffers.pairs = attention_bf16_whole((args->head_size + 1) / 2);
  buffers.values = attention_bf16_whole(args->value_size);
  float *at = scratch;
  buffers.scores = at;
  buffers.added = at += (size_t)ATTENTION_KEYS * GEMM_NR;
  buffers.carried = at += (size_t)ATTENTION_KEYS * GEMM_NR;
  buffers.out = at += (size_t)ATTENTION_GROUP * 2 * GEMM_NR;
  uint32_t *words = (uint32_t *)(at + ATTENTION_GROUP * buffers.values * GEMM_NR);
  buffers.weights[0] = words;
  buffers.weights[1] = words += (size_t)ATTENTION_KEYS / 2 * GEMM_NR;
  buffers.query = words += (size_t)ATTENTION_KEYS / 2 * GEMM_NR;
  buffers.key = words += ATTENTION_GROUP * buffers.pairs * GEMM_NR;
  buffers.value = words + ATTENTION_KEYS * buffers.pairs;
  return buffers;
}

// rows of floats · factor -> [pairs][GEMM_NR].
static void attention_bf16_pack_queries(
  const weft_attention_args *args, size_t query, size_t queries, uint32_t *to) {
  const vf factor = vf_set1(args->scale * ATTENTION_LOG2_E);
  const float *from = args->query + query * args->query_stride;
  for (size_t lane = 0; lane < GEMM_NR; lane += VW) {
    for (size_t d = 0; d < args->head_size; d += VW) {
      vf square[VW];
      attention_query_square(
        from, args->query_stride, queries, args->head_size, lane, d, factor, square);
      for (size_t i = 0; i < VW; i += 2) {
        bf16_store(to + (d + i) / 2 * GEMM_NR + lane, bf16_pairs(square[i], square[i + 1]));
      }
    }
  }
}

// A tile of keys, pairs along the head, and of values, pairs of keys; fetches the next head's.
static void attention_bf16_pack_tile(
  const weft_attention_args *args, size_t key, size_t keys, bool fetches,
  const attention_bf16_buffers *buffers) {
  const float *from = (const float *)args->key + key * args->key_stride;
  for (size_t i = 0; i < keys; i++, from += args->key_stride) {
    uint32_t *to = buffers->key + i * buffers->pairs;
    for (size_t d = 0; d < args->head_size; d += 2 * VW) {
      const size_t n = args->head_size - d;
      bf16_store(
        to + d / 2, bf16_row(
          vf_load_tail(from + d, n), n > VW ? vf_load_tail(from + d + VW, n - VW) : vf_set1(0.0f)));
    }
  }
  from = (const float *)args->value + key * args->value_stride;
  for (size_t i = 0; i < keys; i += 2, from += 2 * args->value_stride) {
    uint32_t *to = buffers->value + i / 2 * buffers->values;
    for (size_t d = 0; d < args->value_size; d += VW) {
      const size_t n = args->value_size - d;
      const vf second
        = i + 1 < keys ? vf_load_tail(from + args->value_stride + d, n) : vf_set1(0.0f);
      bf16_store(to + d, bf16_pairs(vf_load_tail(from + d, n), second));
    }
  }
  if (!fetches) return;
  attention_fetch(
    (const float *)args->key + key * args->key_stride, args->key_stride, args->key_ahead, keys,
    args->head_size);
  attention_fetch(
    (const float *)args->value + key * args->value_stride, args->value_stride, args->value_ahead,
    keys, args->value_size);
}

#include "attention_bf16_tile.h"

// The keys that some of `queries` may see.
WEFT_INLINE size_t attention_bf16_end(const weft_attention_args *args, size_t query, size_t n) {
  return (size_t)attention_clamp(attention_last(args, query + n - 1), 0, (ptrdiff_t)args->keys);
}
WEFT_INLINE size_t attention_bf16_begin(const weft_attention_args *args, size_t query) {
  return (size_t)attention_clamp(attention_first(args, query), 0, (ptrdiff_t)args->keys)
    / ATTENTION_KEYS * ATTENTION_KEYS;
}

// Blocks of queries from `first`, a multiple of GEMM_NR, to `end`.
static void attention_bf16_group(
  const weft_attention_args *args, size_t first, size_t end, bool fetches,
  const attention_bf16_buffers *buffers) {
  const size_t blocks = (end - first + GEMM_NR - 1) / GEMM_NR;
  for (size_t block = 0; block < blocks; block++) {
    const size_t query = first + block * GEMM_NR;
    const size_t queries = weft_min(args->queries - query, GEMM_NR);
    attention_bf16_pack_queries(
      args, query, queries, buffers->query + block * buffers->pairs * GEMM_NR);
    if (fetches) {
      attention_fetch(
        args->query + query * args->query_stride, args->query_stride, args->query_ahead, queries,
        args->head_size);
    }
    float *carried = buffers->carried + block * 2 * GEMM_NR;
    for (size_t lane = 0; lane < GEMM_NR; lane += VW) {
      vf_store(carried + lane, vf_set1(-INFINITY));
      vf_store(carried + GEMM_NR + lane, vf_set1(0.0f));
    }
    memset(
      buffers->out + block * buffers->values * GEMM_NR, 0,
      args->value_size * GEMM_NR * sizeof(float));
  }
  const size_t queries = weft_min(args->queries - first, blocks * GEMM_NR);
  const size_t last = attention_bf16_end(args, first, queries);
  for (size_t key = attention_bf16_begin(args, first); key < last; key += ATTENTION_KEYS) {
    bool packed = false;
    attention_bf16_weighed weighed = {.keys = 0};
    for (size_t block = 0; block < blocks; block++) {
      const size_t query = first + block * GEMM_NR;
      const size_t filled = weft_min(args->queries - query, GEMM_NR);
      const size_t end = attention_bf16_end(args, query, filled);
      if (key >= end || key < attention_bf16_begin(args, query)) continue;
      const size_t keys = weft_min(end - key, ATTENTION_KEYS);
      if (!attention_any_visible(args, query, filled, key, keys)) continue;
      if (!packed) {
        attention_bf16_pack_tile(args, key, weft_min(last - key, ATTENTION_KEYS), fetches, buffers);
        packed = true;
      }
      if (filled <= VW) {
        attention_bf16_tile_1(args, query, filled, key, keys, block, buffers, &weighed);
      } else {
        attention_bf16_tile_2(args, query, filled, key, keys, block, buffers, &weighed);
      }
    }
    attention_bf16_sum(args, &weighed, buffers);
  }
}

static void attention_bf16(
  const weft_attention_args *args, size_t query_begin, size_t query_end, void *scratch) {
  const attention_bf16_buffers buffers = attention_bf16_divide(args, scratch);
  for (size_t at = query_begin; at < query_end;) {
    const size_t first = at / GEMM_NR * GEMM_NR;
    const size_t end = weft_min(query_end, first + ATTENTION_GROUP * GEMM_NR);
    attention_bf16_group(args, first, end, at == query_begin, &buffers);
    for (size_t block = 0; first + block * GEMM_NR < end; block++) {
      const size_t query = first + block * GEMM_NR;
      vf sum[GEMM_NV];
      for (int j = 0; j < GEMM_NV; j++) {
        sum[j] = vf_load(buffers.carried + (block * 2 + 1) * GEMM_NR + j * VW);
      }
      attention_unpack(
        args, query, weft_max(at, query) - query, weft_min(end - query, GEMM_NR), sum,
        buffers.out + block * buffers.values * GEMM_NR);
    }
    at = end;
  }
}

static double bf16_peak(size_t iterations) {
  vf acc[GEMM_MR * GEMM_NV];
  tile_zero(GEMM_MR * GEMM_NV, acc);
  const vi x = bf16_pairs(vf_set1(0.5f), vf_set1(0.25f)), y = bf16_pairs(vf_set1(1.0f), vf_set1(1.0f));
  for (size_t n = 0; n < iterations; n++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < GEMM_MR * GEMM_NV; i++) acc[i] = bf16_dot(acc[i], x, y);
  }
  float sink[VW];
  for (int i = 0; i < GEMM_MR * GEMM_NV; i++) {
    vf_store(sink, acc[i]);
    __asm__ volatile("" : : "r"(sink) : "memory");
  }
  return 4.0 * VW * GEMM_MR * GEMM_NV * (double)iterations;
}

extern const weft_bf16_kernels WEFT_BF16_TABLE;

const weft_bf16_kernels WEFT_BF16_TABLE = {
  .name = WEFT_BF16_NAME,
  .attention_block = GEMM_NR,
  .attention_scratch = attention_bf16_scratch,
  .attention = attention_bf16,
  .peak = bf16_peak,
};
