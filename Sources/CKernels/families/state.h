// Rows that outlive a run, stored in fewer bits: see weft_state_format.

enum { STATE_BLOCK = 32, STATE_BLOCK_BYTES = 34 };

// The nearest multiples of max |x| / 127; all NaN where one of them is infinite or NaN.
static void state_store_block(const float *x, uint8_t *out) {
  // The largest passes NaN by: 0 * x is NaN where x isn't finite, and so is a sum with it.
  vf top = vf_set1(0.0f), odd = vf_set1(0.0f);
  for (size_t i = 0; i < STATE_BLOCK; i += VW) {
    const vf v = vf_load(x + i);
    top = vf_max(top, vf_abs(v));
    odd = vf_add(odd, vf_mul(v, vf_set1(0.0f)));
  }
  float lanes[VW], odds[VW], largest = 0.0f;
  vf_store(lanes, top);
  vf_store(odds, odd);
  bool finite = true;
  for (size_t i = 0; i < VW; i++) {
    if (lanes[i] > largest) largest = lanes[i];
    finite = finite && odds[i] == 0.0f;
  }
  const float scale = finite ? largest / 127.0f : NAN;
  // Below that the inverse isn't finite, and the scale is 0 in f16 anyway.
  const bool good = finite && largest >= 0x1p-110f;
  const float inverse = good ? 127.0f / largest : 0.0f;
  const uint16_t stored = weft_f16_from_f32(scale);
  memcpy(out, &stored, sizeof stored);
  for (size_t i = 0; i < STATE_BLOCK; i++) {
    out[sizeof stored + i] = good ? (uint8_t)(int8_t)__builtin_rintf(x[i] * inverse) : 0;
  }
}

static void state_load_block(const uint8_t *x, float *out) {
  uint16_t stored;
  memcpy(&stored, x, sizeof stored);
  const float scale = weft_f32_from_f16(stored);
  for (size_t i = 0; i < STATE_BLOCK; i++) out[i] = scale * (float)(int8_t)x[sizeof stored + i];
}

static void state_store(weft_state_format format, const float *x, size_t n, void *out) {
  switch (format) {
    case WEFT_STATE_F32: memcpy(out, x, n * sizeof *x); return;
    case WEFT_STATE_F16:
      for (size_t i = 0; i < n; i += VW) {
        const size_t left = weft_min(n - i, VW);
        vf_storen_f16((uint16_t *)out + i, vf_load_tail(x + i, left), left);
      }
      return;
    case WEFT_STATE_Q8_0:
      for (size_t i = 0; i < n / STATE_BLOCK; i++) {
        state_store_block(x + i * STATE_BLOCK, (uint8_t *)out + i * STATE_BLOCK_BYTES);
      }
      return;
  }
}

static void state_load(weft_state_format format, const void *x, size_t n, float *out) {
  switch (format) {
    case WEFT_STATE_F32: memcpy(out, x, n * sizeof *out); return;
    case WEFT_STATE_F16:
      for (size_t i = 0; i < n; i += VW) {
        const size_t left = n - i;
        vf_store_tail(out + i, vf_load_tail_f16((const uint16_t *)x + i, left), left);
      }
      return;
    case WEFT_STATE_Q8_0:
      for (size_t i = 0; i < n / STATE_BLOCK; i++) {
        state_load_block((const uint8_t *)x + i * STATE_BLOCK_BYTES, out + i * STATE_BLOCK);
      }
      return;
  }
}
