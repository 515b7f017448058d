// What attention shares whatever its products are computed in. See weft_attention_args and attention.h.

#define ATTENTION_KEYS 128
#define ATTENTION_LOG2_E 1.44269504088896340736f

// First key after those that query i may see, and the first that it may see.
WEFT_INLINE ptrdiff_t attention_last(const weft_attention_args *args, size_t i) {
  return args->causal ? (ptrdiff_t)i + args->causal_offset + 1 : PTRDIFF_MAX;
}
WEFT_INLINE ptrdiff_t attention_first(const weft_attention_args *args, size_t i) {
  if (args->window == 0 || args->window > PTRDIFF_MAX / 2) return PTRDIFF_MIN;
  return (ptrdiff_t)i + args->causal_offset - (ptrdiff_t)args->window + 1;
}
WEFT_INLINE ptrdiff_t attention_clamp(ptrdiff_t x, ptrdiff_t low, ptrdiff_t high) {
  return x < low ? low : x > high ? high : x;
}

static bool attention_any_visible(
  const weft_attention_args *args, size_t query, size_t queries, size_t key, size_t keys) {
  if (!args->mask) return true;
  const size_t rows = args->mask_stride == 0 ? 1 : queries;
  for (size_t i = 0; i < rows; i++) {
    const uint8_t *row = args->mask + (query + i) * args->mask_stride + key;
    for (size_t j = 0; j < keys; j++) if (row[j]) return true;
  }
  return false;
}

// Elements d, d + 1, ... of the queries from `lane` on · factor, transposed: a vector for each element,
// zeros where there is none.
WEFT_INLINE void attention_query_square(
  const float *from, size_t stride, size_t rows, size_t width, size_t lane, size_t d, vf factor,
  vf *square) {
  for (size_t i = 0; i < VW; i++) {
    square[i] = lane + i < rows
      ? vf_mul(vf_load_tail(from + (lane + i) * stride + d, width - d), factor)
      : vf_set1(0.0f);
  }
  vf_transpose(square);
}

// What is added to the scores of a tile: the bias · log₂ e, and -∞ where the mask hides; transposed.
static void attention_pack_added(
  const weft_attention_args *args, size_t query, size_t queries, size_t key, size_t keys,
  float *to) {
  const vf hidden = vf_set1(-INFINITY);
  for (size_t lane = 0; lane < queries; lane += VW) {
    for (size_t j = 0; j < keys; j += VW) {
      const size_t n = keys - j;
      vf square[VW];
      for (size_t i = 0; i < VW; i++) {
        square[i] = vf_set1(0.0f);
        if (lane + i >= queries) continue;
        const size_t row = query + lane + i;
        if (args->bias) {
          const float *bias = args->bias + row * args->bias_stride + key + j;
          square[i] = vf_mul(vf_load_tail(bias, n), vf_set1(ATTENTION_LOG2_E));
        }
        if (args->mask) {
          const uint8_t *mask = args->mask + row * args->mask_stride + key + j;
          const vm shown = n >= VW ? vm_load_bool(mask) : vm_loadn_bool(mask, n);
          square[i] = vf_select(shown, square[i], hidden);
        }
      }
      vf_transpose(square);
      const size_t rows = weft_min(n, VW);
      for (size_t i = 0; i < rows; i++) vf_store(to + (j + i) * GEMM_NR + lane, square[i]);
    }
  }
}

// Fetches rows of a head that comes later into L2: its lines lie strides apart, where the hardware
// foresees nothing (50 against 65 % of the peak at 128 × 128 × 32, eight sequences on a Zen 5).
WEFT_INLINE void attention_fetch(
  const float *base, size_t stride, size_t ahead, size_t rows, size_t width) {
  if (ahead == 0) return;
  for (size_t row = 0; row < rows; row++) {
    const char *at = (const char *)(base + row * stride) + ahead * sizeof(float);
    for (size_t byte = 0; byte < width * sizeof(float); byte += 64) {
      __builtin_prefetch(at + byte, 0, 2);
    }
  }
}

// Whether the scores of a tile need a look of their own before their maximum is known.
typedef enum { ATTENTION_PLAIN, ATTENTION_MASKED, ATTENTION_CHANGED } attention_kind;

// The end of a tile of scores in registers, key by key from `to` on: -∞ where the shared mask hides
// the key, and the maximum into `top`, unless they are still to be changed.
WEFT_INLINE void attention_store_scores(
  const int m, const int nv, vf *acc, const uint8_t *mask, attention_kind kind, float *to, vf *top) {
  if (kind == ATTENTION_MASKED) {
#pragma clang loop unroll(full)
    for (int i = 0; i < m * nv; i++) {
      acc[i] = vf_add(acc[i], vf_set1(mask[i / nv] ? 0.0f : -INFINITY));
    }
  }
  if (kind != ATTENTION_CHANGED) {
#pragma clang loop unroll(full)
    for (int i = 0; i < m * nv; i++) top[i % nv] = vf_max(acc[i], top[i % nv]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < m * nv; i++) vf_store(to + (size_t)(i / nv) * GEMM_NR + (i % nv) * VW, acc[i]);
}

// alpha[lane] · out[d][lane]: where the sums of a tile of values begin.
WEFT_INLINE void attention_load_sums(
  const int m, const int nv, const float *out, const vf *alpha, vf *acc) {
#pragma clang loop unroll(full)
  for (int i = 0; i < m * nv; i++) {
    acc[i] = vf_mul(alpha[i % nv], vf_load(out + (i / nv) * GEMM_NR + (i % nv) * VW));
  }
}

WEFT_INLINE void attention_store_sums(const int m, const int nv, const vf *acc, float *out) {
#pragma clang loop unroll(full)
  for (int i = 0; i < m * nv; i++) vf_store(out + (i / nv) * GEMM_NR + (i % nv) * VW, acc[i]);
}

// Which keys of a tile, counted from its start, each lane may see: first <= key < end.
typedef struct {
  vf first[GEMM_NV], end[GEMM_NV];
  bool cut;
} attention_limits;

WEFT_INLINE attention_limits attention_limit(
  const int nv, const weft_attention_args *args, size_t query, size_t queries, size_t key,
  size_t keys) {
  attention_limits limits;
  const ptrdiff_t count = (ptrdiff_t)keys;
  const ptrdiff_t last = attention_last(args, query);
  const ptrdiff_t first = attention_first(args, query + queries - 1);
  limits.cut = last < (ptrdiff_t)(key + keys) || first > (ptrdiff_t)key;
  if (!limits.cut) return limits;
  float firsts[GEMM_NR], ends[GEMM_NR];
  for (size_t lane = 0; lane < GEMM_NR; lane++) {
    const ptrdiff_t from = attention_first(args, query + lane);
    const ptrdiff_t to = attention_last(args, query + lane);
    firsts[lane] = (float)(from <= (ptrdiff_t)key ? 0 : weft_min((size_t)from - key, keys));
    ends[lane] = (float)(to <= (ptrdiff_t)key ? 0 : attention_clamp(to - (ptrdiff_t)key, 0, count));
  }
  for (int j = 0; j < nv; j++) {
    limits.first[j] = vf_load(firsts + j * VW);
    limits.end[j] = vf_load(ends + j * VW);
  }
  return limits;
}

// limit · tanh(v / limit), in the units of limit.
WEFT_INLINE vf attention_cap(vf v, vf limit) {
  return vf_mul(limit, math_tanh(vf_div(v, limit)));
}

// Caps, adds what is to be added, hides what the limits cut off, and takes the maximum into `top`.
WEFT_INLINE void attention_change(
  const int nv, const weft_attention_args *args, const attention_limits *limits, size_t key,
  size_t keys, const float *added, float *scores, vf *top) {
  const vf hidden = vf_set1(-INFINITY);
  const bool masked = args->mask && !added, capped = args->softcap > 0.0f;
  const vf limit = vf_set1(args->softcap * ATTENTION_LOG2_E);
  for (size_t i = 0; i < keys; i++) {
    const bool shown = !masked || args->mask[key + i] != 0;
    const vf position = vf_set1((float)i);
#pragma clang loop unroll(full)
    for (int j = 0; j < nv; j++) {
      float *at = scores + i * GEMM_NR + (size_t)j * VW;
      vf v = vf_load(at);
      if (capped) v = attention_cap(v, limit);
      if (!shown) v = hidden;
      if (added) v = vf_add(v, vf_load(added + i * GEMM_NR + (size_t)j * VW));
      if (limits->cut) {
        v = vf_select(vf_lt(position, limits->end[j]), v, hidden);
        v = vf_select(vf_le(limits->first[j], position), v, hidden);
      }
      top[j] = vf_max(v, top[j]);
      vf_store(at, v);
    }
  }
}

// Lanes [lane_begin, lane_end) of out / sum, transposed back into rows.
static void attention_unpack(
  const weft_attention_args *args, size_t query, size_t lane_begin, size_t lane_end,
  const vf *sum, const float *out) {
  const vf zero = vf_set1(0.0f);
  for (size_t lane = lane_begin / VW * VW; lane < lane_end; lane += VW) {
    const vf divisor = sum[lane / VW];
    const vm empty = vf_eq(divisor, zero);
    for (size_t d = 0; d < args->value_size; d += VW) {
      const size_t n = args->value_size - d;
      vf square[VW];
      for (size_t i = 0; i < VW; i++) {
        square[i] = zero;
        if (i >= n) continue;
        const vf v = vf_load(out + (d + i) * GEMM_NR + lane);
        square[i] = vf_select(empty, zero, vf_div(v, divisor));
      }
      vf_transpose(square);
      for (size_t i = 0; i < VW; i++) {
        if (lane + i < lane_begin || lane + i >= lane_end) continue;
        vf_store_tail(args->out + (query + lane + i) * args->out_stride + d, square[i], n);
      }
    }
  }
}
