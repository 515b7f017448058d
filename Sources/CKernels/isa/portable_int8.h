// Byte layer: plain C.
typedef uint8_t int8_quantized;
typedef struct { int32_t v[4]; } int8_left;
typedef struct { int8_t v[4 * VW]; } int8_right;
#define INT8_NAME "portable"

WEFT_INLINE int8_left int8_load_left(const int8_quantized *p) {
  return (int8_left){{p[0], p[1], p[2], p[3]}};
}
WEFT_INLINE int8_right int8_load_right(const int8_t *p) {
  int8_right b;
  memcpy(b.v, p, sizeof b.v);
  return b;
}
WEFT_INLINE vi int8_dot(vi acc, int8_left a, int8_right b) {
  for (int i = 0; i < VW; i++) {
    int32_t sum = 0;
    for (int t = 0; t < 4; t++) sum += a.v[t] * b.v[4 * i + t];
    acc.v[i] = (int32_t)((uint32_t)acc.v[i] + (uint32_t)sum);
  }
  return acc;
}
WEFT_INLINE void int8_store(int8_quantized *p, vi q) {
  for (int i = 0; i < VW; i++) p[i] = (uint8_t)(q.v[i] < 0 ? 0 : q.v[i] > 255 ? 255 : q.v[i]);
}
