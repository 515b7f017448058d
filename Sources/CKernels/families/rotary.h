// Rotary positions: see weft_rotary_args.

WEFT_INLINE void rotary_half(
  const float *x, float *out, const float *cosines, const float *sines, size_t half) {
  for (size_t i = 0; i < half; i += VW) {
    const size_t n = half - i;
    const vf c = vf_load_tail(cosines + i, n), s = vf_load_tail(sines + i, n);
    const vf a = vf_load_tail(x + i, n), b = vf_load_tail(x + half + i, n);
    vf_store_tail(out + i, vf_fnma(b, s, vf_mul(a, c)), n);
    vf_store_tail(out + half + i, vf_fma(a, s, vf_mul(b, c)), n);
  }
}

WEFT_INLINE void rotary_pairs(
  const float *x, float *out, const float *cosines, const float *sines, size_t half) {
  for (size_t i = 0; i < half; i++) {
    const float a = x[2 * i], b = x[2 * i + 1];
    out[2 * i] = a * cosines[i] - b * sines[i];
    out[2 * i + 1] = b * cosines[i] + a * sines[i];
  }
}

static void rotary(const weft_rotary_args *args, size_t token_begin, size_t token_end) {
  const size_t half = args->rotary_size / 2;
  const size_t rest = args->head_size - args->rotary_size;
  for (size_t token = token_begin; token < token_end; token++) {
    const float *cosines = args->cos + token * args->table_stride;
    const float *sines = args->sin + token * args->table_stride;
    for (size_t head = 0; head < args->heads; head++) {
      const float *x = args->x + token * args->x_stride + head * args->head_size;
      float *out = args->out + token * args->out_stride + head * args->head_size;
      if (args->interleaved) rotary_pairs(x, out, cosines, sines, half);
      else rotary_half(x, out, cosines, sines, half);
      if (x != out && rest > 0) {
        memcpy(out + args->rotary_size, x + args->rotary_size, rest * sizeof *out);
      }
    }
  }
}
