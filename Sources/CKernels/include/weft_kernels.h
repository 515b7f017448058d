#ifndef WEFT_KERNELS_H
#define WEFT_KERNELS_H

// Microkernels: pure functions over pointers and sizes, one table for each instruction set. Products
// with weights in blocks stand in weft_blocks.h.
//
// What holds for every kernel:
// - Nothing is allocated, locked or thrown, and there is no state: any thread may call any kernel.
//   A kernel takes up to 240 KB of stack.
// - Memory is touched only inside the rows and columns that the arguments describe; nothing is read
//   past an end, not even to be thrown away. Pointers need only the alignment of their element,
//   except where 64 bytes are asked for (packed matrices, scratch).
// - Strides count elements, not bytes, unless their name says so.
// - A range [begin, end) says which rows, panels or outputs a call works out. Results are bitwise
//   the same however the whole is split into ranges. begin == end is a call without effect.
// - An output may be the same memory as an input only where "in place" is said.
// - Two instruction sets may differ in the last bits; one never differs from itself.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"
#define WEFT_NONNULL _Nonnull
#define WEFT_NULLABLE _Nullable
#else
#define WEFT_NONNULL
#define WEFT_NULLABLE
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef enum weft_isa {
  WEFT_ISA_PORTABLE = 0,
  WEFT_ISA_NEON = 1,
  WEFT_ISA_AVX2 = 2,   // AVX2, FMA, F16C
  WEFT_ISA_AVX512 = 3  // AVX-512 F, BW, VL, DQ
} weft_isa;

typedef enum weft_dtype {
  WEFT_F32 = 0,
  WEFT_F16 = 1,
  WEFT_BF16 = 2,
  WEFT_I32 = 3,
  WEFT_I64 = 4,
  WEFT_BOOL = 5  // one byte, 0 or 1; any byte but 0 is read as true
} weft_dtype;

typedef enum weft_activation {
  WEFT_ACTIVATION_NONE = 0,
  WEFT_ACTIVATION_RELU,       // max(x, 0), NaN stays NaN
  WEFT_ACTIVATION_GELU_ERF,   // x/2 (1 + erf(x/√2))
  WEFT_ACTIVATION_GELU_TANH,  // x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))
  WEFT_ACTIVATION_SILU,       // x / (1 + exp(-x))
  WEFT_ACTIVATION_SIGMOID,    // 1 / (1 + exp(-x))
  WEFT_ACTIVATION_TANH
} weft_activation;

// ---------------------------------------------------------------------------------------- gemm
// C[rows, n] = epilogue(A[rows, k] · B[k, n])
//
// B is packed in panels of `gemm_nr` columns: panel p holds k rows of gemm_nr elements, columns
// p·gemm_nr ..., the last panel filled up with zeros. 64-byte aligned. A layout belongs to its table.
// Elements are f32, or f16 or bf16 as they were stored: the product widens them in registers, which
// halves what is read and changes no bit.
// Each output is one chain of multiply-adds over k = 0, 1, 2, ...

typedef struct weft_gemm_pack_args {
  const void *source;      // B[i, j] = source[i·row_stride + j·column_stride]
  weft_dtype type;         // f32, f16 or bf16
  size_t row_stride;       // a weight stored [outputs, inputs] has row_stride 1,
  size_t column_stride;    // column_stride inputs; either stride may be 1: both are fast
  size_t k, n;
  void *packed;            // gemm_packed_size(k, n) elements, the whole matrix whatever the range
  weft_dtype packed_type;  // f32, or the source's type
  const void *ahead;       // or NULL: what is read next, as large as the source; fetched meanwhile
                           // where the source is 16 bits that stay and row_stride is 1
} weft_gemm_pack_args;

typedef struct weft_gemm_args {
  const float *a;           // [rows, k], unpacked
  size_t a_stride;          // between rows
  const void *packed;       // B
  weft_dtype packed_type;   // f32, f16 or bf16
  float *c;                 // [rows, n]
  size_t c_stride;
  size_t k, n;
  // c = activation(scale · acc + bias[j]) · multiplier[i, j] + residual[i, j]
  float scale;              // 1 for none
  weft_activation activation;
  const float *bias;        // n floats, or NULL
  const float *multiplier;  // or NULL; may be c itself
  size_t multiplier_stride;
  const float *residual;    // or NULL; may be c itself
  size_t residual_stride;
  const void *ahead;        // or NULL: what the caller reads next, fetched with the last panel
  size_t ahead_bytes;
} weft_gemm_args;

// ------------------------------------------------------------------------------- gemm of bytes
// C[rows, n] = epilogue(X[rows, k] · W[k, n]) with W in bytes and a scale for each
// column; X is rounded to bytes row by row:
//   low = min(0, min x), high = max(0, max x), range = high - low
//   s = range / 255, z = round(-low · (255 / range)), q = min(255, round(x · (255 / range)) + z)
// so that x ≈ s · (q - z), and 0 is exactly itself. Each operation is one of f32, rounded to nearest,
// ties to even: q, s and z are the same for every instruction set. Where range < 2^-110 all of the
// row counts as zeros. A row with NaN or an infinity in it, or of infinite range, becomes NaN.
//   c = activation(s[i] · scale · scales[j] · (Σ q·w - z[i] · Σ w) + bias[j]) · multiplier + residual
// with the sums and their difference exact in 32 bits, and GELU_ERF to 2e-5.
// How the two sides are laid out belongs to the kernels that did it; both are 64-byte aligned.

enum { WEFT_INT8_LARGEST_K = 65536 };  // beyond it 32 bits may not hold the sums

typedef struct weft_int8_quantize_args {
  const float *x;          // [rows, k]
  size_t x_stride;         // between rows
  size_t k;
  void *quantized;         // quantized_size(rows, k) bytes, all rows whatever the range
} weft_int8_quantize_args;

typedef struct weft_int8_pack_args {
  const int8_t *source;    // W[i, j] = source[i·row_stride + j·column_stride]
  size_t row_stride, column_stride;  // row_stride 1 is fast
  const void *scales;      // n floats, of any alignment
  size_t k, n;
  void *packed;            // packed_size(k, n) bytes, the whole matrix whatever the range
} weft_int8_pack_args;

typedef struct weft_int8_gemm_args {
  const void *quantized;   // X
  const void *packed;      // W
  weft_gemm_args product;  // the rest; a, a_stride, packed, packed_type and ahead_bytes aren't read
} weft_int8_gemm_args;

/// The product of bytes in one way to compute it.
typedef struct weft_int8_kernels {
  const char *WEFT_NONNULL name;  // "portable", "neon", "neondot", "avx2", "avx2vnni", "avx512", "avx512vnni"
  size_t mr, nr;                  // as gemm_mr and gemm_nr
  /// Bytes; 0 when that overflows or k is beyond WEFT_INT8_LARGEST_K.
  size_t (*WEFT_NONNULL quantized_size)(size_t rows, size_t k);
  size_t (*WEFT_NONNULL packed_size)(size_t k, size_t n);
  void (*WEFT_NONNULL quantize)(
    const weft_int8_quantize_args *args, size_t row_begin, size_t row_end);
  void (*WEFT_NONNULL pack)(const weft_int8_pack_args *args, size_t panel_begin, size_t panel_end);
  void (*WEFT_NONNULL gemm)(
    const weft_int8_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
    size_t panel_end);
  /// Products of bytes in registers only; returns the operations done, a multiply-add as 2.
  double (*WEFT_NONNULL peak)(size_t iterations);
} weft_int8_kernels;

// ----------------------------------------------------------------------------------- attention
// One head of one sequence: out = softmax(cap(scale · q kᵀ) + bias) v, over the keys visible to a query;
// cap(s) = softcap · tanh(s / softcap), or s where softcap is 0.
// Key j is visible to query i when all that apply hold:
//   causal:   j <= i + causal_offset
//   window:   j >  i + causal_offset - window
//   mask:     mask[i·mask_stride + j] != 0
// A query that sees no key gets zeros. A bias of -∞ hides a key.
// Online softmax over tiles of keys; tiles without a visible key aren't touched. In the others keys
// and values must be finite where hidden too: hidden values are multiplied with 0.

// How rows of keys and values that outlive a run are stored.
typedef enum weft_state_format {
  WEFT_STATE_F32 = 0,
  WEFT_STATE_F16,
  WEFT_STATE_Q8_0,  // blocks of 32: a scale in f16, 32 int8
} weft_state_format;

typedef struct weft_attention_args {
  const float *query;        // [queries, head_size]
  const void *key;           // [keys, head_size]
  const void *value;         // [keys, value_size]
  float *out;                // [queries, value_size]
  // Between tokens: in floats, but in bytes for keys and values stored otherwise.
  size_t query_stride, key_stride, value_stride, out_stride;
  weft_state_format format;  // of keys and values; f32 unless they are a state. Without mask then
  size_t queries, keys, head_size, value_size;
  float scale;
  float softcap;             // 0: none
  bool causal;
  ptrdiff_t causal_offset;   // keys - queries where the queries are the last tokens
  size_t window;             // 0: none
  const uint8_t *mask;       // or NULL
  size_t mask_stride;        // 0: the same row for every query
  const float *bias;         // or NULL; bias[i·bias_stride + j], added after scale
  size_t bias_stride;        // 0: the same row for every query
  // Floats from this head's queries, keys and values to those that the caller will ask for next:
  // the call's first block of queries fetches them meanwhile. 0: none. Never followed past an end: a fetch ahead can't fault.
  size_t query_ahead, key_ahead, value_ahead;
} weft_attention_args;

/// Attention with its products in bf16, where a machine multiplies pairs of bf16 at once.
///
/// q · (scale · log₂ e), k, v and the weights 2^(score - maximum) are rounded to bf16, to nearest, ties to
/// even; what is below 2^-126 becomes 0. Sums of products, bias, maximum and result are f32. Values
/// of 2^127 and more may become infinite. Keys and values are f32.
typedef struct weft_bf16_kernels {
  const char *WEFT_NONNULL name;  // "avx512bf16"
  size_t attention_block;         // as in weft_kernel_table; these three, too
  size_t (*WEFT_NONNULL attention_scratch)(const weft_attention_args *args);
  void (*WEFT_NONNULL attention)(
    const weft_attention_args *args, size_t query_begin, size_t query_end, void *scratch);
  /// Products of pairs in registers only; returns the FLOPs done.
  double (*WEFT_NONNULL peak)(size_t iterations);
} weft_bf16_kernels;

// ---------------------------------------------------------------------------------------- rows
// Over the last axis. Means and variances in two passes.

typedef struct weft_norm_args {
  const float *x;
  const float *residual;     // or NULL: s = x + residual, else s = x
  const float *gamma;        // width floats, or NULL
  const float *beta;         // width floats, or NULL; not read by rms_norm
  float *out;                // in place of x or residual allowed
  float *sum_out;            // or NULL: takes s; may be x or residual, not out
  size_t x_stride, residual_stride, out_stride, sum_stride;  // between rows
  size_t width;
  float epsilon;
} weft_norm_args;

// --------------------------------------------------------------------------------- elementwise
// A small register machine that runs over blocks which stay in L1.
//
// Operands are numbered through: inputs, constants, registers, outputs, in this order. An instruction
// may read inputs, constants, and registers written before it; it may write registers and outputs.
// Types are those of the instruction: f16 and bf16 occur only in COPY, CAST and WHERE.
//
// A run covers `rows` rows of `count` elements. An output may be in place of an input of the same
// element size and strides, when no instruction after the one that writes it reads that input.

typedef enum weft_opcode {
  WEFT_OP_COPY = 0,  // dst = a, any type
  WEFT_OP_CAST,      // dst: to = a: type. Float to int truncates, saturates, NaN gives 0
  WEFT_OP_WHERE,     // dst = a ? b : c, a: bool, b and c: type (any)
  // f32, i32, i64. Integers wrap; x / 0 = 0; the smallest integer / -1 is itself.
  WEFT_OP_ADD,
  WEFT_OP_SUB,
  WEFT_OP_MUL,
  WEFT_OP_DIV,  // integers: truncates toward zero
  WEFT_OP_MIN,  // NaN if either is NaN
  WEFT_OP_MAX,
  WEFT_OP_NEG,
  WEFT_OP_ABS,
  // Comparisons of f32, i32, i64, bool -> bool. NaN is unequal to all, and neither less nor greater.
  WEFT_OP_EQ,
  WEFT_OP_NE,
  WEFT_OP_LT,
  WEFT_OP_LE,
  WEFT_OP_GT,
  WEFT_OP_GE,
  // bool
  WEFT_OP_AND,
  WEFT_OP_OR,
  WEFT_OP_NOT,
  // f32
  WEFT_OP_POW,
  WEFT_OP_EXP,
  WEFT_OP_LOG,
  WEFT_OP_SQRT,
  WEFT_OP_RSQRT,  // 1 / √x
  WEFT_OP_TANH,
  WEFT_OP_ERF,
  WEFT_OP_SIGMOID,
  WEFT_OP_RELU,
  WEFT_OP_SILU,
  WEFT_OP_GELU_ERF,
  WEFT_OP_GELU_TANH,
  WEFT_OP_SIN,
  WEFT_OP_COS,
  // A function of somebody else's over a block: dst = call(a), call(a, b) or call(a, b, c)
  WEFT_OP_CALL1,
  WEFT_OP_CALL2,
  WEFT_OP_CALL3,
  WEFT_OP_COUNT
} weft_opcode;

enum { WEFT_ELEMENTWISE_OPERANDS = 64 };  // inputs + constants + registers + outputs, at most

// Computes `count` elements; the result may be one of the operands.
typedef void (*weft_elementwise_call)(
  const void *context, const float *const *operands, float *result, size_t count);

typedef struct weft_instruction {
  weft_opcode opcode;
  weft_dtype type;  // of the operands; of b and c for WHERE
  weft_dtype to;    // CAST only
  uint16_t dst, a, b, c;
  weft_elementwise_call call;  // CALL only
  const void *context;         // CALL only
} weft_instruction;

typedef struct weft_constant {
  weft_dtype type;  // f32: number; i32, i64, bool: integer
  float number;
  int64_t integer;
} weft_constant;

typedef struct weft_elementwise_program {
  const weft_instruction *instructions;
  size_t instruction_count;
  const weft_dtype *input_types;
  size_t input_count;
  const weft_constant *constants;
  size_t constant_count;
  size_t register_count;
  const weft_dtype *output_types;
  size_t output_count;
} weft_elementwise_program;

typedef struct weft_elementwise_input {
  const void *data;
  ptrdiff_t row_stride;  // elements between rows; 0: every row reads the same
  bool broadcast;        // one element for a whole row
} weft_elementwise_input;

typedef struct weft_elementwise_output {
  void *data;
  ptrdiff_t row_stride;
} weft_elementwise_output;

/// The position of the first instruction that is wrong (opcode, type, operand, read before written),
/// instruction_count when the program as a whole is (too many operands, an output never written),
/// SIZE_MAX when all is well (Swift, which reads size_t as Int, sees -1). A kernel runs only programs that passed.
size_t weft_elementwise_check(const weft_elementwise_program *program);

/// Bytes of 64-byte aligned scratch that a run needs.
size_t weft_elementwise_scratch(const weft_elementwise_program *program);

// -------------------------------------------------------------------------------------- reduce
// The middle axis of x[outer, axis, inner], accumulated in double. out[outer, inner].
// axis 0: sum 0, mean NaN, max -∞, min +∞. NaN wins over every number.

typedef enum weft_reduction {
  WEFT_REDUCE_SUM = 0,
  WEFT_REDUCE_MEAN,
  WEFT_REDUCE_MAX,
  WEFT_REDUCE_MIN
} weft_reduction;

typedef struct weft_reduce_args {
  weft_reduction reduction;
  const float *x;
  float *out;
  size_t outer, axis, inner;
} weft_reduce_args;

typedef struct weft_argmax_args {
  const float *x;  // [rows, width], width at least 1
  size_t width;
  void *out;       // i32 or i64, one a row: the first of the largest; the first NaN where there is one
  bool wide;       // i64
} weft_argmax_args;

// -------------------------------------------------------------------------------------- gather
// out[i] = table[index[i]]. An index outside 0 ..< table_rows isn't followed: its row becomes zeros.

typedef struct weft_gather_args {
  const void *table;      // [table_rows, width]
  weft_dtype type;        // gather: f32, f16, bf16, written as f32. gather_bytes: not read
  size_t table_rows;
  size_t width;           // gather: elements; gather_bytes: bytes
  const void *index;
  weft_dtype index_type;  // i32 or i64
  void *out;              // [positions, width]
} weft_gather_args;

typedef struct weft_embedding_source {
  const void *table;      // [table_rows, width]
  weft_dtype type;        // f32, f16, bf16
  size_t table_rows;
  const void *index;      // one a position; NULL: row = position % period
  weft_dtype index_type;
  size_t period;          // 1 ... table_rows, where index is NULL
} weft_embedding_source;

typedef struct weft_embedding_args {
  weft_embedding_source sources[4];
  size_t source_count;    // 1 ... 4, added in order
  bool normalize;         // layer norm of the sum; false: only the sum
  const float *gamma;     // or NULL
  const float *beta;      // or NULL
  float epsilon;
  size_t width;
  float *out;             // [positions, width]
} weft_embedding_args;

// -------------------------------------------------------------------------------------- rotary
// half-split:  (x[i], x[i + r/2])   -> (x₁ cos - x₂ sin, x₂ cos + x₁ sin)
// interleaved: (x[2i], x[2i + 1])      likewise
// over the first r = rotary_size elements of each head, i < r/2; the rest is copied.

typedef struct weft_rotary_args {
  const float *x;          // [tokens, heads, head_size]
  float *out;              // in place of x allowed
  const float *cos, *sin;  // [tokens, rotary_size / 2]
  size_t x_stride, out_stride, table_stride;  // between tokens
  size_t heads, head_size, rotary_size;       // rotary_size is even
  bool interleaved;
} weft_rotary_args;

// ---------------------------------------------------------------------------------------- copy
// out = x, an array of any strides, written row by row. A row is the last axis; rows are numbered
// through in row-major order of the axes before it. No overlap.

enum { WEFT_MAX_RANK = 8 };

typedef struct weft_copy_args {
  const void *x;                     // the element at index 0, 0, ...
  void *out;
  size_t element_size;               // 1, 2, 4 or 8
  size_t rank;                       // 1 ... 8
  size_t shape[WEFT_MAX_RANK];
  ptrdiff_t strides[WEFT_MAX_RANK];  // of x; 0 and negative allowed
  size_t out_row_stride;             // between rows of out; shape[rank - 1] where contiguous
} weft_copy_args;

// --------------------------------------------------------------------------------------- table

typedef struct weft_kernel_table {
  weft_isa isa;
  const char *WEFT_NONNULL name;  // "portable", "neon", "avx2", "avx512"
  size_t gemm_mr, gemm_nr;
  /// Ranges of queries that start at a multiple of this waste nothing.
  size_t attention_block;

  /// Elements of a packed matrix; 0 when their bytes overflow.
  size_t (*WEFT_NONNULL gemm_packed_size)(size_t k, size_t n);
  void (*WEFT_NONNULL gemm_pack)(const weft_gemm_pack_args *args, size_t panel_begin, size_t panel_end);
  void (*WEFT_NONNULL gemm)(
    const weft_gemm_args *args, size_t row_begin, size_t row_end, size_t panel_begin,
    size_t panel_end);

  /// Bytes of 64-byte aligned scratch for one call; hangs on head_size, value_size and format only.
  size_t (*WEFT_NONNULL attention_scratch)(const weft_attention_args *args);
  void (*WEFT_NONNULL attention)(
    const weft_attention_args *args, size_t query_begin, size_t query_end, void *scratch);

  /// gamma · (s - mean(s)) / √(variance(s) + epsilon) + beta
  void (*WEFT_NONNULL layer_norm)(const weft_norm_args *args, size_t row_begin, size_t row_end);
  /// gamma · s / √(mean(s²) + epsilon)
  void (*WEFT_NONNULL rms_norm)(const weft_norm_args *args, size_t row_begin, size_t row_end);
  /// Rows of `width` contiguous floats; in place allowed. A row of -∞ alone gives zeros.
  void (*WEFT_NONNULL softmax)(const float *x, float *out, size_t width, size_t row_begin, size_t row_end);
  /// x / max(‖x‖₂, epsilon); in place allowed.
  void (*WEFT_NONNULL l2_normalize)(
    const float *x, float *out, size_t width, float epsilon, size_t row_begin, size_t row_end);

  void (*WEFT_NONNULL elementwise)(
    const weft_elementwise_program *program, const weft_elementwise_input *inputs,
    const weft_elementwise_output *outputs, size_t rows, size_t count, void *scratch);
  /// One unary f32 opcode (NEG, ABS, EXP ... COS) over contiguous floats; in place allowed.
  void (*WEFT_NONNULL unary)(weft_opcode opcode, const float *x, float *out, size_t count);

  /// Outputs [begin, end) of outer · inner, numbered through.
  void (*WEFT_NONNULL reduce)(const weft_reduce_args *args, size_t begin, size_t end);
  void (*WEFT_NONNULL argmax)(const weft_argmax_args *args, size_t row_begin, size_t row_end);

  /// These three return the first position whose index is out of range, SIZE_MAX (-1 in Swift) if none is.
  size_t (*WEFT_NONNULL gather)(const weft_gather_args *args, size_t begin, size_t end);
  size_t (*WEFT_NONNULL gather_bytes)(const weft_gather_args *args, size_t begin, size_t end);
  size_t (*WEFT_NONNULL embedding_sum_norm)(const weft_embedding_args *args, size_t begin, size_t end);

  /// n floats -> the format; n is a multiple of 32 for q8_0.
  void (*WEFT_NONNULL state_store)(weft_state_format format, const float *x, size_t n, void *out);
  /// The format -> n floats.
  void (*WEFT_NONNULL state_load)(weft_state_format format, const void *x, size_t n, float *out);

  void (*WEFT_NONNULL rotary)(const weft_rotary_args *args, size_t token_begin, size_t token_end);
  void (*WEFT_NONNULL copy)(const weft_copy_args *args, size_t row_begin, size_t row_end);

  /// Multiply-adds in registers only; returns the FLOPs done.
  double (*WEFT_NONNULL peak_fma)(size_t iterations);
  /// Reads `count` floats, as fast as one thread can; returns their sum.
  float (*WEFT_NONNULL peak_read)(const float *x, size_t count);
} weft_kernel_table;

/// The best table that this machine and its operating system can run.
const weft_kernel_table *WEFT_NONNULL weft_kernels_best(void);

/// The table of one instruction set, NULL when this machine can't run it.
const weft_kernel_table *WEFT_NULLABLE weft_kernels_for(weft_isa isa);

/// The product of bytes on one instruction set: with its instruction for the dot product of four
/// bytes (VNNI, AVX-VNNI, NEON's), or without. NULL when this machine can't run it.
const weft_int8_kernels *WEFT_NULLABLE weft_int8_kernels_for(weft_isa isa, bool dot);

/// The best of them for the instruction set of a table that this machine can run.
const weft_int8_kernels *WEFT_NONNULL weft_int8_kernels_best(weft_isa isa);

/// Products in bf16 on one instruction set, NULL when this machine has no instruction for them there.
const weft_bf16_kernels *WEFT_NULLABLE weft_bf16_kernels_for(weft_isa isa);

/// Bytes of one element; 0 for a value that is no dtype.
size_t weft_dtype_size(weft_dtype type);

#ifdef __cplusplus
}
#endif

#ifdef __clang__
#pragma clang diagnostic pop
#endif
#endif
