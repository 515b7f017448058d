// One instruction of the register machine over one block. Simple arithmetic is plain loops, which
// the compiler turns into the instruction set's vectors; elementary functions go through math.h.
// An output may be an operand: element i is read before element i is written.

#define ELEMENTWISE_LOOP(T, R, expression)                  \
  do {                                                      \
    const T *pa = a;                                        \
    const T *pb = b;                                        \
    R *pd = d;                                              \
    _Pragma("clang loop vectorize(assume_safety)")          \
    for (size_t i = 0; i < n; i++) {                        \
      const T x = pa[i], y = pb[i];                         \
      pd[i] = (R)(expression);                              \
    }                                                       \
    return;                                                 \
  } while (0)

// For one operand b is a as well, so y is x.
#define ELEMENTWISE_COMPARES(T)                             \
  case WEFT_OP_EQ: ELEMENTWISE_LOOP(T, uint8_t, x == y);    \
  case WEFT_OP_NE: ELEMENTWISE_LOOP(T, uint8_t, x != y);    \
  case WEFT_OP_LT: ELEMENTWISE_LOOP(T, uint8_t, x < y);     \
  case WEFT_OP_LE: ELEMENTWISE_LOOP(T, uint8_t, x <= y);    \
  case WEFT_OP_GT: ELEMENTWISE_LOOP(T, uint8_t, x > y);     \
  case WEFT_OP_GE: ELEMENTWISE_LOOP(T, uint8_t, x >= y);

#define ELEMENTWISE_UNUSED (void)y

#define ELEMENTWISE_INTEGER(T, U, name)                                                   \
  WEFT_INLINE T name##_divide(T x, T y) {                                                 \
    if (y == 0) return 0;                                                                 \
    if (y == -1) return (T)(0 - (U)x);                                                    \
    return x / y;                                                                         \
  }                                                                                       \
  static void name(weft_opcode opcode, const void *a, const void *b, void *d, size_t n) { \
    switch (opcode) {                                                                     \
      case WEFT_OP_ADD: ELEMENTWISE_LOOP(T, T, (U)x + (U)y);                              \
      case WEFT_OP_SUB: ELEMENTWISE_LOOP(T, T, (U)x - (U)y);                              \
      case WEFT_OP_MUL: ELEMENTWISE_LOOP(T, T, (U)x * (U)y);                              \
      case WEFT_OP_DIV: ELEMENTWISE_LOOP(T, T, name##_divide(x, y));                      \
      case WEFT_OP_MIN: ELEMENTWISE_LOOP(T, T, x < y ? x : y);                            \
      case WEFT_OP_MAX: ELEMENTWISE_LOOP(T, T, x > y ? x : y);                            \
      case WEFT_OP_NEG: ELEMENTWISE_LOOP(T, T, (ELEMENTWISE_UNUSED, 0 - (U)x));           \
      case WEFT_OP_ABS: ELEMENTWISE_LOOP(T, T, (ELEMENTWISE_UNUSED, x < 0 ? 0 - (U)x : (U)x)); \
      ELEMENTWISE_COMPARES(T)                                                             \
      default: return;                                                                    \
    }                                                                                     \
  }

ELEMENTWISE_INTEGER(int32_t, uint32_t, elementwise_i32)
ELEMENTWISE_INTEGER(int64_t, uint64_t, elementwise_i64)

static void elementwise_bool(
  weft_opcode opcode, const void *a, const void *b, void *d, size_t n) {
  switch (opcode) {
    case WEFT_OP_AND: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) & (y != 0));
    case WEFT_OP_OR: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) | (y != 0));
    case WEFT_OP_NOT: ELEMENTWISE_LOOP(uint8_t, uint8_t, (ELEMENTWISE_UNUSED, x == 0));
    case WEFT_OP_EQ: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) == (y != 0));
    case WEFT_OP_NE: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) != (y != 0));
    case WEFT_OP_LT: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) < (y != 0));
    case WEFT_OP_LE: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) <= (y != 0));
    case WEFT_OP_GT: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) > (y != 0));
    case WEFT_OP_GE: ELEMENTWISE_LOOP(uint8_t, uint8_t, (x != 0) >= (y != 0));
    default: return;
  }
}

#define UNARY_LOOP(expression)                              \
  do {                                                      \
    for (size_t i = 0; i < n; i += VW) {                    \
      const vf v = vf_load_tail(x + i, n - i);              \
      vf_store_tail(out + i, (expression), n - i);          \
    }                                                       \
    return;                                                 \
  } while (0)

static void unary(weft_opcode opcode, const float *x, float *out, size_t n) {
  switch (opcode) {
    case WEFT_OP_NEG: UNARY_LOOP(vf_bits(vi_xor(vi_bits(v), vi_set1(INT32_MIN))));
    case WEFT_OP_ABS: UNARY_LOOP(vf_abs(v));
    case WEFT_OP_EXP: UNARY_LOOP(math_exp(v));
    case WEFT_OP_LOG: UNARY_LOOP(math_log(v));
    case WEFT_OP_SQRT: UNARY_LOOP(vf_sqrt(v));
    case WEFT_OP_RSQRT: UNARY_LOOP(math_rsqrt(v));
    case WEFT_OP_TANH: UNARY_LOOP(math_tanh(v));
    case WEFT_OP_ERF: UNARY_LOOP(math_erf(v));
    case WEFT_OP_SIGMOID: UNARY_LOOP(math_sigmoid(v));
    case WEFT_OP_RELU: UNARY_LOOP(math_relu(v));
    case WEFT_OP_SILU: UNARY_LOOP(math_silu(v));
    case WEFT_OP_GELU_ERF: UNARY_LOOP(math_gelu_erf(v));
    case WEFT_OP_GELU_TANH: UNARY_LOOP(math_gelu_tanh(v));
    case WEFT_OP_SIN: UNARY_LOOP(math_sine(v, 0));
    case WEFT_OP_COS: UNARY_LOOP(math_sine(v, 1));
    default: UNARY_LOOP(v);
  }
}

// The usual exponents are a few multiplications; the others a call of the C library each.
WEFT_INLINE float elementwise_power(float x, float y) {
  if (y == 2.0f) return x * x;
  if (y == 3.0f) return x * x * x;
  if (y == 1.0f) return x;
  return powf(x, y);
}

static void elementwise_f32(
  weft_opcode opcode, const void *a, const void *b, void *d, size_t n) {
  switch (opcode) {
    case WEFT_OP_ADD: ELEMENTWISE_LOOP(float, float, x + y);
    case WEFT_OP_SUB: ELEMENTWISE_LOOP(float, float, x - y);
    case WEFT_OP_MUL: ELEMENTWISE_LOOP(float, float, x * y);
    case WEFT_OP_DIV: ELEMENTWISE_LOOP(float, float, x / y);
    case WEFT_OP_MIN: ELEMENTWISE_LOOP(float, float, ((x < y) | (x != x)) ? x : y);
    case WEFT_OP_MAX: ELEMENTWISE_LOOP(float, float, ((x > y) | (x != x)) ? x : y);
    case WEFT_OP_POW: {
      const float *x = a, *y = b;
      float *out = d;
      for (size_t i = 0; i < n; i++) out[i] = elementwise_power(x[i], y[i]);
      return;
    }
    ELEMENTWISE_COMPARES(float)
    default: unary(opcode, a, d, n); return;
  }
}

#define ELEMENTWISE_WHERE(T)                                \
  do {                                                      \
    const T *x = b, *y = c;                                 \
    T *out = d;                                             \
    _Pragma("clang loop vectorize(assume_safety)")          \
    for (size_t i = 0; i < n; i++) {                        \
      const T u = x[i], v = y[i];                           \
      out[i] = a[i] ? u : v;                                \
    }                                                       \
    return;                                                 \
  } while (0)

static void elementwise_where(
  size_t size, const uint8_t *a, const void *b, const void *c, void *d, size_t n) {
  switch (size) {
    case 1: ELEMENTWISE_WHERE(uint8_t);
    case 2: ELEMENTWISE_WHERE(uint16_t);
    case 4: ELEMENTWISE_WHERE(uint32_t);
    default: ELEMENTWISE_WHERE(uint64_t);
  }
}
