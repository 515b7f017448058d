// Elementary functions of one vector. Errors against double, in the last place of the f32 result
// (KernelsTests measures them):
//   exp 1, log 1, erf 1.5, tanh 1.5 ULP over the whole range; sin, cos 1e-7 absolute;
//   both gelu, silu, sigmoid 2e-7 · max(1, |x|) absolute.
// NaN gives NaN; ±∞ and denormal numbers give what the C library gives. The gates at -∞ give NaN
// (-∞ · 0) or their limit.

// x = n ln 2 + r, |r| <= ln 2 / 2, eˣ = 2ⁿ · p(r). ln 2 in two parts, n times the first exact.
WEFT_INLINE vf math_exp(vf x) {
  x = vf_min(vf_set1(89.0f), vf_max(vf_set1(-105.0f), x));
  const vf n = vf_round(vf_mul(x, vf_set1(1.44269504f)));
  vf r = vf_fnma(n, vf_set1(0.693359375f), x);
  r = vf_fnma(n, vf_set1(-2.12194440e-4f), r);
  vf p = vf_set1(1.9875691500e-4f);
  p = vf_fma(p, r, vf_set1(1.3981999507e-3f));
  p = vf_fma(p, r, vf_set1(8.3334519073e-3f));
  p = vf_fma(p, r, vf_set1(4.1665795894e-2f));
  p = vf_fma(p, r, vf_set1(1.6666665459e-1f));
  p = vf_fma(p, r, vf_set1(5.0000001201e-1f));
  p = vf_add(vf_fma(p, vf_mul(r, r), r), vf_set1(1.0f));
  return vf_ldexp(p, n);
}

// 2ˣ for x <= 0, 0 below -150: what a softmax needs of it, at two thirds of the cost of eˣ. 1 ULP.
WEFT_INLINE vf math_exp2_negative(vf x) {
  x = vf_max(vf_set1(-151.0f), x);
  const vf n = vf_round(x);
  const vf r = vf_sub(x, n);
  vf p = vf_set1(1.535336188e-4f);
  p = vf_fma(p, r, vf_set1(1.339887440e-3f));
  p = vf_fma(p, r, vf_set1(9.618437357e-3f));
  p = vf_fma(p, r, vf_set1(5.550332471e-2f));
  p = vf_fma(p, r, vf_set1(2.402264791e-1f));
  p = vf_fma(p, r, vf_set1(6.931472028e-1f));
  return vf_ldexp(vf_fma(p, r, vf_set1(1.0f)), n);
}

// The same to 1e-4, a twentieth of what rounding to bf16 will do to it; below -126 what rounds to 0 there.
WEFT_INLINE vf math_exp2_rounded(vf x) {
  x = vf_max(vf_set1(-126.4f), x);
  const vf n = vf_round(x);
  const vf r = vf_sub(x, n);
  vf p = vf_set1(5.51716648e-2f);
  p = vf_fma(p, r, vf_set1(2.42611125e-1f));
  p = vf_fma(p, r, vf_set1(6.93260968e-1f));
  p = vf_fma(p, r, vf_set1(9.99928057e-1f));
  return vf_ldexp(p, n);
}

// x = 2ᵉ m, √½ <= m < √2; the polynomial is that of Cephes' logf.
WEFT_INLINE vf math_log(vf x) {
  const vm tiny = vf_lt(x, vf_set1(0x1p-126f));
  const vf scaled = vf_select(tiny, vf_mul(x, vf_set1(0x1p23f)), x);
  const vi bits = vi_sub(vi_bits(scaled), vi_set1(0x3f3504f3));
  const vf shift = vf_select(tiny, vf_set1(-23.0f), vf_set1(0.0f));
  const vf e = vf_add(vf_from_vi(vi_sra(bits, 23)), shift);
  const vi mantissa = vi_and(bits, vi_set1(0x007fffff));
  const vf f = vf_sub(vf_bits(vi_add(mantissa, vi_set1(0x3f3504f3))), vf_set1(1.0f));
  const vf z = vf_mul(f, f);
  vf p = vf_set1(7.0376836292e-2f);
  p = vf_fma(p, f, vf_set1(-1.1514610310e-1f));
  p = vf_fma(p, f, vf_set1(1.1676998740e-1f));
  p = vf_fma(p, f, vf_set1(-1.2420140846e-1f));
  p = vf_fma(p, f, vf_set1(1.4249322787e-1f));
  p = vf_fma(p, f, vf_set1(-1.6668057665e-1f));
  p = vf_fma(p, f, vf_set1(2.0000714765e-1f));
  p = vf_fma(p, f, vf_set1(-2.4999993993e-1f));
  p = vf_fma(p, f, vf_set1(3.3333331174e-1f));
  vf y = vf_mul(vf_mul(p, f), z);
  y = vf_fma(e, vf_set1(-2.12194440e-4f), y);
  y = vf_fnma(vf_set1(0.5f), z, y);
  vf r = vf_fma(e, vf_set1(0.693359375f), vf_add(f, y));
  r = vf_select(vf_eq(x, vf_set1(INFINITY)), x, r);
  r = vf_select(vf_eq(x, vf_set1(0.0f)), vf_set1(-INFINITY), r);
  r = vf_select(vf_lt(x, vf_set1(0.0f)), vf_set1(NAN), r);
  return vf_select(vf_isnan(x), x, r);
}

WEFT_INLINE vf math_copysign(vf magnitude, vf sign) {
  const vi bit = vi_and(vi_bits(sign), vi_set1(INT32_MIN));
  return vf_bits(vi_or(vi_and(vi_bits(magnitude), vi_set1(0x7fffffff)), bit));
}

// Small |x|: x + x q(x²). Else 1 - exp(-|x| + |x| r(|x|)).
WEFT_INLINE vf math_erf(vf x) {
  const vf s = vf_mul(x, x);
  vf q = vf_set1(-5.96761703e-4f);
  q = vf_fma(q, s, vf_set1(4.99119423e-3f));
  q = vf_fma(q, s, vf_set1(-2.67681349e-2f));
  q = vf_fma(q, s, vf_set1(1.12819925e-1f));
  q = vf_fma(q, s, vf_set1(-3.76125336e-1f));
  q = vf_fma(q, s, vf_set1(1.28379166e-1f));
  q = vf_fma(q, x, x);

  const vf magnitude = vf_abs(x);
  const vf t = vf_min(vf_set1(4.0f), magnitude);
  const vf u = vf_fma(vf_set1(-3.88396438e-3f), t, vf_set1(2.42546219e-2f));
  vf r = vf_fma(vf_set1(-1.72853470e-5f), t, vf_set1(3.83197126e-4f));
  r = vf_fma(r, vf_mul(t, t), u);
  r = vf_fma(r, t, vf_set1(-1.06777877e-1f));
  r = vf_fma(r, t, vf_set1(-6.34846687e-1f));
  r = vf_fma(r, t, vf_set1(-1.28717512e-1f));
  r = vf_sub(vf_mul(r, t), t);
  r = math_copysign(vf_sub(vf_set1(1.0f), math_exp(r)), x);
  return vf_select(vf_lt(vf_set1(0.927734375f), magnitude), r, q);
}

// Small |x|: x + x³ q(x²) (Cephes). Else 1 - 2 / (exp(2|x|) + 1).
WEFT_INLINE vf math_tanh(vf x) {
  const vf s = vf_mul(x, x);
  vf q = vf_set1(-5.70498872745e-3f);
  q = vf_fma(q, s, vf_set1(2.06390887954e-2f));
  q = vf_fma(q, s, vf_set1(-5.37397155531e-2f));
  q = vf_fma(q, s, vf_set1(1.33314422036e-1f));
  q = vf_fma(q, s, vf_set1(-3.33332819422e-1f));
  q = vf_fma(vf_mul(q, s), x, x);

  const vf magnitude = vf_abs(x);
  const vf t = vf_min(vf_set1(10.0f), magnitude);
  const vf e = math_exp(vf_add(t, t));
  vf r = vf_div(vf_set1(2.0f), vf_add(e, vf_set1(1.0f)));
  r = vf_sub(vf_set1(1.0f), r);
  return math_copysign(vf_select(vf_lt(vf_set1(0.625f), magnitude), r, q), x);
}

WEFT_INLINE vf math_sigmoid(vf x) {
  const vf one = vf_set1(1.0f);
  return vf_div(one, vf_add(one, math_exp(vf_sub(vf_set1(0.0f), x))));
}

WEFT_INLINE vf math_silu(vf x) {
  return vf_div(x, vf_add(vf_set1(1.0f), math_exp(vf_sub(vf_set1(0.0f), x))));
}

// NaN stays: vf_max gives its second operand where either is NaN.
WEFT_INLINE vf math_relu(vf x) { return vf_max(vf_set1(0.0f), x); }

// max(x, 0) - t Φ(-t), t = min(|x|, 6). Φ(-t) = 2^(-1 + t p(t)): p fitted over 0 ... 6 with the
// weight t Φ(-t), its error in the result 1.5e-8; 2^f to 7.5e-8. Half the cost of going by erf.
WEFT_INLINE vf math_gelu_erf(vf x) {
  const vf t = vf_min(vf_set1(6.0f), vf_abs(x));
  vf y = vf_set1(-1.34712513e-6f);
  y = vf_fma(y, t, vf_set1(2.13328076e-5f));
  y = vf_fma(y, t, vf_set1(-9.89438267e-5f));
  y = vf_fma(y, t, vf_set1(-3.52768431e-4f));
  y = vf_fma(y, t, vf_set1(7.35495845e-3f));
  y = vf_fma(y, t, vf_set1(-5.27077056e-2f));
  y = vf_fma(y, t, vf_set1(-4.59133565e-1f));
  y = vf_fma(y, t, vf_set1(-1.15111482f));
  y = vf_fma(y, t, vf_set1(-1.0f));
  const vf n = vf_round(y);
  const vf f = vf_sub(y, n);
  vf p = vf_set1(1.32764725e-3f);
  p = vf_fma(p, f, vf_set1(9.67554189e-3f));
  p = vf_fma(p, f, vf_set1(5.55071309e-2f));
  p = vf_fma(p, f, vf_set1(2.40221202e-1f));
  p = vf_fma(p, f, vf_set1(6.93146944e-1f));
  p = vf_fma(p, f, vf_set1(1.00000012f));
  return vf_fnma(t, vf_ldexp(p, n), math_relu(x));
}

// The same to 2e-5 for what a product of bytes gives, whose own error is a thousand times that:
// 8 multiply-adds instead of 14. t = min(|x|, 5), p to 6e-6, 2^f to 7.5e-5.
WEFT_INLINE vf math_gelu_erf_short(vf x) {
  const vf t = vf_min(vf_set1(5.0f), vf_abs(x));
  vf y = vf_set1(3.86623666e-3f);
  y = vf_fma(y, t, vf_set1(-4.40791883e-2f));
  y = vf_fma(y, t, vf_set1(-4.68014866e-1f));
  y = vf_fma(y, t, vf_set1(-1.14737225f));
  y = vf_fma(y, t, vf_set1(-1.00047958f));
  const vf n = vf_round(y);
  const vf f = vf_sub(y, n);
  vf p = vf_set1(5.51716648e-2f);
  p = vf_fma(p, f, vf_set1(2.42611125e-1f));
  p = vf_fma(p, f, vf_set1(6.93260968e-1f));
  p = vf_fma(p, f, vf_set1(9.99928057e-1f));
  return vf_fnma(t, vf_ldexp(p, n), math_relu(x));
}

// x/2 (1 + tanh u) = x / (1 + exp(-2u))
WEFT_INLINE vf math_gelu_tanh(vf x) {
  const vf cube = vf_mul(vf_mul(x, x), x);
  const vf u = vf_fma(cube, vf_set1(0.044715f), x);
  const vf e = math_exp(vf_mul(u, vf_set1(-1.5957691216f)));
  return vf_div(x, vf_add(vf_set1(1.0f), e));
}

WEFT_INLINE vf math_rsqrt(vf x) { return vf_div(vf_set1(1.0f), vf_sqrt(x)); }

// Beyond this π/2 in three parts no longer reduces well, and single lanes go through the C library.
#define MATH_TRIG_LIMIT 8192.0f

// sin(x + quarter · π/2) for |x| <= MATH_TRIG_LIMIT. The polynomials are Cephes'.
WEFT_INLINE vf math_sine_quarter(vf x, int quarter) {
  const vf n = vf_round(vf_mul(x, vf_set1(0.636619772f)));
  vf r = vf_fnma(n, vf_set1(1.5703125f), x);
  r = vf_fnma(n, vf_set1(4.837512969970703125e-4f), r);
  r = vf_fnma(n, vf_set1(7.54978995489188216e-8f), r);
  const vf s = vf_mul(r, r);
  vf sine = vf_set1(-1.9515295891e-4f);
  sine = vf_fma(sine, s, vf_set1(8.3321608736e-3f));
  sine = vf_fma(sine, s, vf_set1(-1.6666654611e-1f));
  sine = vf_fma(vf_mul(sine, s), r, r);
  vf cosine = vf_set1(2.443315711809948e-5f);
  cosine = vf_fma(cosine, s, vf_set1(-1.388731625493765e-3f));
  cosine = vf_fma(cosine, s, vf_set1(4.166664568298827e-2f));
  cosine = vf_fma(vf_mul(cosine, s), s, vf_fnma(vf_set1(0.5f), s, vf_set1(1.0f)));
  const vi index = vi_add(vi_from_vf(n), vi_set1(quarter));
  const vf odd = vf_from_vi(vi_and(index, vi_set1(1)));
  const vf value = vf_select(vf_eq(odd, vf_set1(0.0f)), sine, cosine);
  const vi sign = vi_shl(vi_and(index, vi_set1(2)), 30);
  return vf_bits(vi_xor(vi_bits(value), sign));
}

static __attribute__((noinline, unused)) vf math_sine_far(vf x, vf near, int quarter) {
  float from[VW], to[VW];
  vf_store(from, x);
  vf_store(to, near);
  for (int i = 0; i < VW; i++) {
    const float magnitude = fabsf(from[i]);
    if (magnitude > MATH_TRIG_LIMIT && magnitude < INFINITY) {
      to[i] = (float)(quarter ? cos((double)from[i]) : sin((double)from[i]));
    }
  }
  return vf_load(to);
}

WEFT_INLINE vf math_sine(vf x, int quarter) {
  vf r = math_sine_quarter(x, quarter);
  const vf magnitude = vf_abs(x);
  if (vm_any(vf_lt(vf_set1(MATH_TRIG_LIMIT), magnitude))) r = math_sine_far(x, r, quarter);
  // Infinity times the parts of π/2 may cancel; the answer is NaN.
  return vf_select(vf_eq(magnitude, vf_set1(INFINITY)), vf_set1(NAN), r);
}
