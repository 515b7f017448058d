// Compares the best table of a machine with the portable one, family by family, with every buffer
// up against an inaccessible page. Scripts/test-neon runs it for AArch64 under an emulator.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "weft_blocks.h"
#include "weft_kernels.h"

static const weft_kernel_table *tables[2];
static int failures;

// Ends at a page that can't be touched. Never given back: the process is short.
static void *guarded(size_t bytes) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t body = (bytes + page - 1) / page * page + page;
  char *base = mmap(NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED || mprotect(base + body, page, PROT_NONE) != 0) abort();
  return base + body - bytes;
}

static uint64_t state = 7;
static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}
static float *numbers(size_t count, float size) {
  float *x = guarded(count * sizeof *x);
  for (size_t i = 0; i < count; i++) x[i] = ((float)(next() % 20001) / 10000.0f - 1.0f) * size;
  return x;
}

static double difference(const float *a, const float *b, size_t count) {
  double largest = 0;
  for (size_t i = 0; i < count; i++) {
    if (isnan(a[i]) && isnan(b[i])) continue;
    if (a[i] == b[i]) continue;
    const double d = fabs((double)a[i] - (double)b[i]) / (1 + fabs((double)b[i]));
    if (!(d <= largest)) largest = isnan(d) ? INFINITY : d;
  }
  return largest;
}

static void report(const char *family, double error, double bound) {
  const int good = error <= bound;
  printf("%-20s %.2e (at most %.0e) %s\n", family, error, bound, good ? "ok" : "FAILED");
  if (!good) failures++;
}

static double worse(double a, double b) { return a > b ? a : b; }

static void gemm(void) {
  double error = 0, split = 0;
  const size_t sizes[][3] = {{1, 40, 1}, {2, 33, 50}, {3, 0, 12}, {5, 16, 13}, {8, 64, 24},
                             {9, 65, 100}, {19, 7, 11}, {4, 300, 61}};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    for (int variant = 0; variant < 14; variant++) {
      const size_t rows = sizes[s][0], k = sizes[s][1], n = sizes[s][2];
      const weft_dtype type = variant % 3 == 0 ? WEFT_F32 : variant % 3 == 1 ? WEFT_F16 : WEFT_BF16;
      const size_t size = weft_dtype_size(type);
      uint16_t *halves = guarded(k * n * size);
      for (size_t i = 0; i < k * n; i++) {
        const uint32_t bits = 0x3c00u + next() % 1000u;
        if (type == WEFT_F32) ((float *)halves)[i] = (float)bits / 20000.0f - 0.8f;
        else halves[i] = (uint16_t)(bits | (next() % 2u) << 15);
      }
      float *a = numbers(rows * k, 1), *bias = numbers(n, 1), *other = numbers(rows * n, 1);
      float *out[3];
      for (int t = 0; t < 3; t++) {
        const weft_kernel_table *table = tables[t % 2];
        const size_t panels = (n + table->gemm_nr - 1) / table->gemm_nr;
        const weft_dtype kept = variant % 4 < 2 ? type : WEFT_F32;
        void *packed = guarded(table->gemm_packed_size(k, n) * weft_dtype_size(kept));
        weft_gemm_pack_args pack = {halves, type, variant % 2 ? n : 1, variant % 2 ? 1 : k, k, n, packed,
          kept, NULL};
        table->gemm_pack(&pack, 0, panels);
        out[t] = guarded(rows * n * sizeof(float));
        weft_gemm_args args = {
          .a = a, .a_stride = k, .packed = packed, .packed_type = kept, .c = out[t], .c_stride = n, .k = k, .n = n,
          .scale = 0.25f, .activation = (weft_activation)(variant % 7), .bias = bias,
          .multiplier = variant % 4 == 1 ? other : NULL, .multiplier_stride = n,
          .residual = variant % 5 > 2 ? other : NULL, .residual_stride = n};
        if (t < 2) table->gemm(&args, 0, rows, 0, panels);
        else for (size_t i = 0; i < rows; i++) {
          for (size_t p = 0; p < panels; p++) table->gemm(&args, i, i + 1, p, p + 1);
        }
      }
      error = worse(error, difference(out[0], out[1], rows * n));
      if (memcmp(out[0], out[2], rows * n * sizeof(float)) != 0) split = INFINITY;
    }
  }
  report("gemm", error, 2e-5);
  report("gemm, split", split, 0);
}

static float *int8_result(
  const weft_int8_kernels *kernels, const float *x, const int8_t *weight, size_t rows, size_t k,
  size_t n, int variant, const float *bias, int split) {
  const size_t panels = (n + kernels->nr - 1) / kernels->nr;
  float *scales = guarded(n * sizeof *scales), *out = guarded(rows * n * sizeof *out);
  for (size_t i = 0; i < n; i++) scales[i] = (float)(i % 7 + 1) / 1024.0f;
  void *packed = guarded(kernels->packed_size(k, n));
  void *quantized = guarded(kernels->quantized_size(rows, k));
  weft_int8_pack_args pack = {weight, variant % 2 ? n : 1, variant % 2 ? 1 : k, scales, k, n, packed};
  kernels->pack(&pack, 0, panels);
  weft_int8_quantize_args quantize = {x, k, k, quantized};
  kernels->quantize(&quantize, 0, rows);
  weft_int8_gemm_args args = {quantized, packed, {
    .c = out, .c_stride = n, .k = k, .n = n, .scale = 1, .bias = variant > 1 ? bias : NULL,
    .activation = variant > 1 ? WEFT_ACTIVATION_GELU_ERF : WEFT_ACTIVATION_NONE}};
  if (!split) kernels->gemm(&args, 0, rows, 0, panels);
  else for (size_t i = 0; i < rows; i++) {
    for (size_t p = 0; p < panels; p++) kernels->gemm(&args, i, i + 1, p, p + 1);
  }
  return out;
}

// Without an epilogue the same bits everywhere: integers are exact, and one rounding follows.
static void int8(const weft_int8_kernels *kernels) {
  double error = 0, exact = 0, split = 0;
  const size_t sizes[][3] = {{1, 40, 1}, {2, 33, 50}, {3, 0, 12}, {5, 16, 13}, {8, 64, 24},
                             {9, 65, 100}, {19, 7, 11}, {4, 300, 61}, {1, 4096, 30}};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    for (int variant = 0; variant < 4; variant++) {
      const size_t rows = sizes[s][0], k = sizes[s][1], n = sizes[s][2];
      int8_t *weight = guarded(k * n);
      for (size_t i = 0; i < k * n; i++) weight[i] = (int8_t)(next() % 256u - 128u);
      float *x = numbers(rows * k, 2), *bias = numbers(n, 1);
      if (rows > 4) x[4 * k] = NAN;
      const float *own = int8_result(kernels, x, weight, rows, k, n, variant, bias, 0);
      const float *other = int8_result(
        weft_int8_kernels_for(WEFT_ISA_PORTABLE, false), x, weight, rows, k, n, variant, bias, 0);
      const double far = difference(own, other, rows * n);
      if (variant < 2) exact = worse(exact, far); else error = worse(error, far);
      const float *pieces = int8_result(kernels, x, weight, rows, k, n, variant, bias, 1);
      if (memcmp(own, pieces, rows * n * sizeof(float)) != 0) split = INFINITY;
    }
  }
  printf("%s:\n", kernels->name);
  report("int8", exact, 0);
  report("int8, epilogue", error, 2e-6);
  report("int8, split", split, 0);
}

static float *block_result(
  const weft_block_kernels *kernels, weft_block_format format, const float *x, const void *weight,
  size_t rows, size_t k, size_t n, const float *bias, int split) {
  const size_t panels = (n + kernels->nr - 1) / kernels->nr;
  float *out = guarded(rows * n * sizeof *out);
  void *packed = guarded(kernels->packed_size(format, k, n));
  void *quantized = guarded(kernels->quantized_size(rows, k));
  weft_block_pack_args pack = {format, weight, k, n, packed, NULL};
  kernels->pack(&pack, 0, panels);
  weft_block_quantize_args quantize = {x, k, k, quantized};
  kernels->quantize(&quantize, 0, rows);
  weft_block_gemm_args args = {format, quantized, packed, {
    .c = out, .c_stride = n, .k = k, .n = n, .scale = 0.5f, .bias = bias}};
  if (!split) kernels->gemm(&args, 0, rows, 0, panels);
  else for (size_t i = 0; i < rows; i++) {
    for (size_t p = 0; p < panels; p++) kernels->gemm(&args, i, i + 1, p, p + 1);
  }
  return out;
}

static void blocks(const weft_block_kernels *kernels) {
  double error = 0, split = 0;
  const size_t sizes[][3] = {{1, 2, 1}, {2, 1, 50}, {3, 0, 12}, {5, 3, 13}, {8, 2, 24}, {19, 1, 41}};
  for (int format = WEFT_Q8_0; format <= WEFT_Q6_K; format++) {
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
      const size_t elements = weft_block_elements(format), bytes = weft_block_bytes(format);
      const size_t rows = sizes[s][0], count = sizes[s][1] * sizes[s][2], n = sizes[s][2];
      const size_t k = sizes[s][1] * elements;
      uint8_t *weight = guarded(count * bytes);
      for (size_t i = 0; i < count * bytes; i++) weight[i] = (uint8_t)next();
      for (size_t i = 0; i < count; i++) {
        const size_t d = format == WEFT_Q6_K ? 209 : 1;
        weight[i * bytes + d] = 0x14;
        if (format != WEFT_Q6_K) weight[i * bytes + 3] = 0x14;
      }
      float *x = numbers(rows * k, 1), *bias = numbers(n, 1);
      if (rows > 4) x[4 * k] = NAN;
      const float *own = block_result(kernels, format, x, weight, rows, k, n, bias, 0);
      const float *other = block_result(
        weft_block_kernels_for(WEFT_ISA_PORTABLE, false), format, x, weight, rows, k, n, bias, 0);
      error = worse(error, difference(own, other, rows * n));
      const float *pieces = block_result(kernels, format, x, weight, rows, k, n, bias, 1);
      if (memcmp(own, pieces, rows * n * sizeof(float)) != 0) split = INFINITY;
    }
  }
  report("blocks", error, 2e-6);
  report("blocks, split", split, 0);
}

static void attention(void) {
  double error = 0, split = 0;
  const size_t sizes[][4] = {{1, 37, 64, 64}, {3, 140, 20, 17}, {4, 5, 8, 8}, {13, 129, 31, 15},
                             {40, 200, 64, 40}, {5, 0, 4, 4}};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    for (int variant = 0; variant < 16; variant++) {
      const size_t queries = sizes[s][0], keys = sizes[s][1], h = sizes[s][2], v = sizes[s][3];
      uint8_t *mask = guarded(queries * keys);
      for (size_t i = 0; i < queries * keys; i++) mask[i] = next() % 4 != 0;
      weft_attention_args args = {
        .query = numbers(queries * h, 1), .key = numbers(keys * h, 1), .value = numbers(keys * v, 1),
        .query_stride = h, .key_stride = h, .value_stride = v, .out_stride = v,
        .queries = queries, .keys = keys, .head_size = h, .value_size = v, .scale = 0.3f,
        .causal = variant % 2, .causal_offset = (ptrdiff_t)keys - (ptrdiff_t)queries,
        .window = variant % 4 == 3 ? 9 : 0, .mask = variant & 4 ? mask : NULL,
        .mask_stride = variant % 3 ? keys : 0, .bias = variant & 8 ? numbers(queries * keys, 1) : NULL,
        .bias_stride = keys};
      float *out[3];
      for (int t = 0; t < 3; t++) {
        args.out = out[t] = guarded(queries * v * sizeof(float));
        void *scratch = guarded(tables[t % 2]->attention_scratch(&args));
        if (t < 2) tables[t]->attention(&args, 0, queries, scratch);
        else for (size_t i = 0; i < queries; i++) tables[0]->attention(&args, i, i + 1, scratch);
      }
      error = worse(error, difference(out[0], out[1], queries * v));
      if (memcmp(out[0], out[2], queries * v * sizeof(float)) != 0) split = INFINITY;
    }
  }
  report("attention", error, 1e-5);
  report("attention, split", split, 0);
}

static void rows(void) {
  double layer = 0, rms = 0, soft = 0, l2 = 0;
  for (size_t width = 2; width < 70; width++) {
    float *x = numbers(3 * width, 5), *residual = numbers(3 * width, 1);
    float *gamma = numbers(width, 1), *beta = numbers(width, 1), *out[2];
    for (int which = 0; which < 4; which++) {
      for (int t = 0; t < 2; t++) {
        out[t] = guarded(3 * width * sizeof(float));
        weft_norm_args args = {
          .x = x, .residual = width % 2 ? residual : NULL, .gamma = gamma, .beta = beta,
          .out = out[t], .x_stride = width, .residual_stride = width, .out_stride = width,
          .width = width, .epsilon = 1e-5f};
        if (which == 0) tables[t]->layer_norm(&args, 0, 3);
        else if (which == 1) tables[t]->rms_norm(&args, 0, 3);
        else if (which == 2) tables[t]->softmax(x, out[t], width, 0, 3);
        else tables[t]->l2_normalize(x, out[t], width, 1e-12f, 0, 3);
      }
      double *error = which == 0 ? &layer : which == 1 ? &rms : which == 2 ? &soft : &l2;
      *error = worse(*error, difference(out[0], out[1], 3 * width));
    }
  }
  report("layer_norm", layer, 1e-5);
  report("rms_norm", rms, 1e-6);
  report("softmax", soft, 1e-6);
  report("l2_normalize", l2, 1e-7);
}

static void elementwise(void) {
  double error = 0;
  const float special[] = {0, -0.0f, NAN, INFINITY, -INFINITY, 1e-40f, 3e9f, -3e9f, 1e20f, 70000, 90};
  for (size_t count = 1; count < 1100; count = count * 2 + 1) {
    float *x = numbers(count, 9), *y = numbers(count, 9);
    for (size_t i = 0; i < count; i += 3) x[i] = special[next() % 11];
    for (int op = WEFT_OP_EXP; op < WEFT_OP_CALL1; op++) {
      float *out[2];
      for (int t = 0; t < 2; t++) {
        out[t] = guarded(count * sizeof(float));
        tables[t]->unary((weft_opcode)op, x, out[t], count);
      }
      error = worse(error, difference(out[0], out[1], count));
    }
    // x -> (max(x, y), bool(x < y), i32(x), f16(x), bf16(x), i64(i32(x)))
    const weft_dtype inputs[] = {WEFT_F32, WEFT_F32};
    const weft_dtype outputs[] = {WEFT_F32, WEFT_BOOL, WEFT_I32, WEFT_F16, WEFT_BF16, WEFT_I64};
    const weft_instruction code[] = {
      {.opcode = WEFT_OP_MAX, .dst = 3, .a = 0, .b = 1},
      {.opcode = WEFT_OP_LT, .dst = 4, .a = 0, .b = 1},
      {.opcode = WEFT_OP_CAST, .to = WEFT_I32, .dst = 2, .a = 0},
      {.opcode = WEFT_OP_COPY, .type = WEFT_I32, .to = WEFT_I32, .dst = 5, .a = 2},
      {.opcode = WEFT_OP_CAST, .to = WEFT_F16, .dst = 6, .a = 0},
      {.opcode = WEFT_OP_CAST, .to = WEFT_BF16, .dst = 7, .a = 0},
      {.opcode = WEFT_OP_CAST, .type = WEFT_I32, .to = WEFT_I64, .dst = 8, .a = 2}};
    const weft_elementwise_program program = {code, 7, inputs, 2, NULL, 0, 1, outputs, 6};
    if (weft_elementwise_check(&program) != SIZE_MAX) abort();
    const weft_elementwise_input from[] = {{x, 0, false}, {y, 0, false}};
    void *results[2][6];
    for (int t = 0; t < 2; t++) {
      weft_elementwise_output to[6];
      for (int i = 0; i < 6; i++) {
        results[t][i] = guarded(count * weft_dtype_size(outputs[i]));
        to[i] = (weft_elementwise_output){results[t][i], 0};
      }
      tables[t]->elementwise(
        &program, from, to, 1, count, guarded(weft_elementwise_scratch(&program)));
    }
    error = worse(error, difference(results[0][0], results[1][0], count));
    for (int i = 1; i < 6; i++) {
      if (i == 3) continue;  // the payload of a NaN is the processor's
      const size_t bytes = count * weft_dtype_size(outputs[i]);
      if (memcmp(results[0][i], results[1][i], bytes) != 0) error = INFINITY;
    }
    const uint16_t *h = results[0][3], *g = results[1][3];
    for (size_t i = 0; i < count; i++) if (h[i] != g[i] && !isnan(x[i])) error = INFINITY;
  }
  report("elementwise", error, 2e-6);
}

static void others(void) {
  double reduce = 0, gather = 0, rotary = 0, copy = 0;
  for (size_t inner = 1; inner < 70; inner = inner * 3) {
    for (size_t axis = 1; axis < 40; axis += 6) {
      float *x = numbers(2 * axis * inner, 1), *out[2];
      for (int kind = 0; kind < 4; kind++) {
        for (int t = 0; t < 2; t++) {
          out[t] = guarded(2 * inner * sizeof(float));
          weft_reduce_args args = {(weft_reduction)kind, x, out[t], 2, axis, inner};
          tables[t]->reduce(&args, 0, 2 * inner);
        }
        reduce = worse(reduce, difference(out[0], out[1], 2 * inner));
      }
      for (int t = 0; t < 2; t++) {
        out[t] = guarded(2 * axis * inner * sizeof(float));
        weft_copy_args args = {
          x, out[t], 4, 3, {2, inner, axis}, {(ptrdiff_t)(axis * inner), 1, (ptrdiff_t)inner}, axis};
        tables[t]->copy(&args, 0, 2 * inner);
      }
      copy = worse(copy, difference(out[0], out[1], 2 * axis * inner));
    }
  }
  for (size_t width = 1; width < 40; width++) {
    uint16_t *table = guarded(4 * width * 2);
    for (size_t i = 0; i < 4 * width; i++) table[i] = (uint16_t)(0x3c00u + next() % 900u);
    int32_t *index = guarded(5 * sizeof *index);
    const int32_t rows[5] = {3, 0, 9, -1, 1};
    memcpy(index, rows, sizeof rows);
    float *out[2];
    for (int t = 0; t < 2; t++) {
      out[t] = guarded(5 * width * sizeof(float));
      weft_gather_args args = {table, WEFT_F16, 4, width, index, WEFT_I32, out[t]};
      if (tables[t]->gather(&args, 0, 5) != 2) gather = INFINITY;
      weft_embedding_args sum = {
        .sources = {{table, WEFT_F16, 4, index, WEFT_I32, 0}, {table, WEFT_BF16, 4, NULL, WEFT_I32, 3}},
        .source_count = 2, .normalize = false, .width = width, .out = out[t]};
      if (tables[t]->embedding_sum_norm(&sum, 0, 5) != 2) gather = INFINITY;
    }
    gather = worse(gather, difference(out[0], out[1], 5 * width));
    float *x = numbers(6 * 2 * width, 1), *angles = numbers(3 * width, 1);
    for (int t = 0; t < 2; t++) {
      out[t] = guarded(6 * 2 * width * sizeof(float));
      weft_rotary_args args = {
        x, out[t], angles, angles, 4 * width, 4 * width, width, 2, 2 * width, width / 2 * 2,
        width % 3 == 0};
      tables[t]->rotary(&args, 0, 3);
    }
    rotary = worse(rotary, difference(out[0], out[1], 6 * 2 * width));
  }
  report("reduce", reduce, 0);
  report("copy", copy, 0);
  report("gather", gather, 0);
  report("rotary", rotary, 2e-7);
}

int main(void) {
  tables[0] = weft_kernels_best();
  tables[1] = weft_kernels_for(WEFT_ISA_PORTABLE);
  printf("%s against portable\n", tables[0]->name);
#if defined(__aarch64__)
  if (tables[0]->isa != WEFT_ISA_NEON) failures++;
#endif
  gemm();
  for (int dot = 0; dot < 2; dot++) {
    const weft_int8_kernels *kernels = weft_int8_kernels_for(tables[0]->isa, dot);
    if (kernels) int8(kernels);
    if (kernels) blocks(weft_block_kernels_for(tables[0]->isa, dot));
#if defined(__aarch64__)
    else failures++;  // the emulator has the dot product
#endif
  }
  attention();
  rows();
  elementwise();
  others();
  return failures != 0;
}
