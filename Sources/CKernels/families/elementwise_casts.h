// Casts between any two dtypes. Halves go by way of f32.

// Truncates toward zero, saturates; NaN gives 0.
WEFT_INLINE int32_t cast_f32_i32(float x) {
  if (x != x) return 0;
  if (x >= 2147483648.0f) return INT32_MAX;
  if (x < -2147483648.0f) return INT32_MIN;
  return (int32_t)x;
}
WEFT_INLINE int64_t cast_f32_i64(float x) {
  if (x != x) return 0;
  if (x >= 9223372036854775808.0f) return INT64_MAX;
  if (x < -9223372036854775808.0f) return INT64_MIN;
  return (int64_t)x;
}

#define CAST_LOOP(FROM, TO, expression)                     \
  do {                                                      \
    const FROM *from = source;                              \
    TO *to = target;                                        \
    _Pragma("clang loop vectorize(assume_safety)")          \
    for (size_t i = 0; i < n; i++) {                        \
      const FROM x = from[i];                               \
      to[i] = (TO)(expression);                             \
    }                                                       \
    return;                                                 \
  } while (0)

static void cast_f32(const float *source, weft_dtype type, void *target, size_t n) {
  switch (type) {
    case WEFT_F16:
      for (size_t i = 0; i < n; i += VW) {
        vf_storen_f16((uint16_t *)target + i, vf_load_tail(source + i, n - i), weft_min(n - i, VW));
      }
      return;
    case WEFT_BF16:
      for (size_t i = 0; i < n; i += VW) {
        vf_storen_bf16((uint16_t *)target + i, vf_load_tail(source + i, n - i), weft_min(n - i, VW));
      }
      return;
    case WEFT_I32: CAST_LOOP(float, int32_t, cast_f32_i32(x));
    case WEFT_I64: CAST_LOOP(float, int64_t, cast_f32_i64(x));
    case WEFT_BOOL: CAST_LOOP(float, uint8_t, x != 0.0f);
    default: memmove(target, source, n * sizeof(float)); return;
  }
}

static void cast_i32(const int32_t *source, weft_dtype type, void *target, size_t n) {
  switch (type) {
    case WEFT_F32: CAST_LOOP(int32_t, float, x);
    case WEFT_I64: CAST_LOOP(int32_t, int64_t, x);
    case WEFT_BOOL: CAST_LOOP(int32_t, uint8_t, x != 0);
    default: memmove(target, source, n * sizeof(int32_t)); return;
  }
}

static void cast_i64(const int64_t *source, weft_dtype type, void *target, size_t n) {
  switch (type) {
    case WEFT_F32: CAST_LOOP(int64_t, float, x);
    case WEFT_I32: CAST_LOOP(int64_t, int32_t, (uint32_t)(uint64_t)x);
    case WEFT_BOOL: CAST_LOOP(int64_t, uint8_t, x != 0);
    default: memmove(target, source, n * sizeof(int64_t)); return;
  }
}

static void cast_bool(const uint8_t *source, weft_dtype type, void *target, size_t n) {
  switch (type) {
    case WEFT_F32: CAST_LOOP(uint8_t, float, x != 0);
    case WEFT_I32: CAST_LOOP(uint8_t, int32_t, x != 0);
    case WEFT_I64: CAST_LOOP(uint8_t, int64_t, x != 0);
    default: CAST_LOOP(uint8_t, uint8_t, x != 0);
  }
}

static void cast_half(const uint16_t *source, weft_dtype from, float *target, size_t n) {
  for (size_t i = 0; i < n; i += VW) {
    vf_store_tail(target + i, vf_load_typed(source, from, i, n - i), n - i);
  }
}

static void cast_any(const void *source, weft_dtype from, weft_dtype to, void *target, size_t n);

// In pieces, as the f32 between takes room.
static __attribute__((noinline)) void cast_by_f32(
  const void *source, weft_dtype from, weft_dtype to, void *target, size_t n) {
  float between[256];
  const size_t from_size = weft_dtype_size(from), to_size = weft_dtype_size(to);
  for (size_t at = 0; at < n; at += 256) {
    const size_t count = weft_min(n - at, 256);
    cast_any((const char *)source + at * from_size, from, WEFT_F32, between, count);
    cast_any(between, WEFT_F32, to, (char *)target + at * to_size, count);
  }
}

static void cast_any(const void *source, weft_dtype from, weft_dtype to, void *target, size_t n) {
  const bool from_half = from == WEFT_F16 || from == WEFT_BF16;
  const bool to_half = to == WEFT_F16 || to == WEFT_BF16;
  if (from == to && from != WEFT_BOOL) {
    memmove(target, source, n * weft_dtype_size(from));
  } else if ((from_half && to != WEFT_F32) || (to_half && from != WEFT_F32)) {
    cast_by_f32(source, from, to, target, n);
  } else if (from_half) {
    cast_half(source, from, target, n);
  } else {
    switch (from) {
      case WEFT_I32: cast_i32(source, to, target, n); return;
      case WEFT_I64: cast_i64(source, to, target, n); return;
      case WEFT_BOOL: cast_bool(source, to, target, n); return;
      default: cast_f32(source, to, target, n); return;
    }
  }
}
