/* Plugins for Weft in C, and so in any language that can call C: ops that graph files use like those
 * that Weft ships. This file is all that a plugin is built with; nothing is linked.
 *
 * A plugin is a shared library with two data symbols, which WEFT_PLUGIN defines: who it is, without a
 * pointer in it, and its table of ops. Weft reads the first from the file and looks at the ABI before
 * any code of the plugin runs. The library stays loaded until the process ends.
 *
 * RULES FOR EVERY FUNCTION OF A PLUGIN
 * - It hangs on its arguments alone: equal arguments, equal results. Weft remembers results.
 * - Any thread calls it, and several at a time. shape, kernel and cost run on a thread of Weft's own
 *   with a stack of 1 MiB and a time limit; a function that doesn't return is abandoned there, and
 *   the plugin is asked nothing again: only runs of plans that are there go on. reference and
 *   elementwise have no time limit.
 * - No exception, panic or longjmp leaves it.
 * - What a pointer among its arguments points to lives until it returns, and is only read unless it
 *   is a result. It keeps none of them. Text and arrays in the tables live as long as the library.
 * - elementwise and run neither allocate nor lock, print, wait or start threads.
 * - A wild pointer, a stack overflow and a call of abort() end the process: a plugin in native code
 *   can't be fenced in.
 *
 * GROWTH. The structs with a `size` get new fields at their end, and the ABI stays. Weft takes a
 * smaller struct, whose missing fields are zero, and a larger one if what it doesn't know is zero. A
 * function that reads a field younger than revision 1 of a struct that Weft gives looks at its size
 * first. Structs without a size never change. Zero is always a good default: initialize by name.
 */
#ifndef WEFT_PLUGIN_H
#define WEFT_PLUGIN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a plugin and a Weft must agree on, and how often fields were added since. */
#define WEFT_PLUGIN_ABI 1
#define WEFT_PLUGIN_REVISION 2

/* The most operands, results, axes and attributes that an op of a plugin may have. Part of the ABI. */
enum {
  WEFT_PLUGIN_OPERANDS = 16,
  WEFT_PLUGIN_RESULTS = 8,
  WEFT_PLUGIN_RANK = 8,
  WEFT_PLUGIN_ATTRIBUTES = 32
};

/* ---------------------------------------------------------------------------------- Tensor types */

/* What an element is. */
typedef enum weft_element {
  WEFT_ELEMENT_F32 = 1,  /* float */
  WEFT_ELEMENT_F16 = 2,  /* IEEE 754 binary16, as uint16_t */
  WEFT_ELEMENT_BF16 = 3, /* the upper half of a float, as uint16_t */
  WEFT_ELEMENT_I32 = 4,  /* int32_t */
  WEFT_ELEMENT_I64 = 5,  /* int64_t */
  WEFT_ELEMENT_BOOL = 6  /* uint8_t, 0 or 1 */
} weft_element;

/* The bit of an element type in weft_operand.elements. */
#define WEFT_ELEMENT_BIT(element) (1u << (element))

/* The extent of an axis. 0 and above: known. Below: an extent that is bound when the graph runs, such
 * as `tokens` or `4*tokens + 1`, under a number that holds during one call; two of them are equal
 * for every binding if and only if their numbers are. Results may hold them, and weft_dim_add and its
 * like compute with them. A graph is checked with such extents, and again with known ones. */
typedef int64_t weft_dim;

/* No extent: what arithmetic gives that failed, and goes on giving. In a result it is an error, which
 * Weft words. */
#define WEFT_NO_DIM INT64_MIN

/* A tensor's type. Elements lie in row-major order without gaps. */
typedef struct weft_tensor_type {
  uint32_t element; /* weft_element */
  uint32_t rank;
  weft_dim dims[WEFT_PLUGIN_RANK]; /* outermost first; the first `rank` count */
} weft_tensor_type;

/* ------------------------------------------------------------------------------------ Attributes */

/* What an attribute can be, and where weft_value holds it. */
typedef enum weft_attribute_kind {
  WEFT_ATTRIBUTE_INT = 1,     /* integer */
  WEFT_ATTRIBUTE_INTS = 2,    /* integers, count */
  WEFT_ATTRIBUTE_DIM = 3,     /* integer: a weft_dim */
  WEFT_ATTRIBUTE_DIMS = 4,    /* integers, count: weft_dims */
  WEFT_ATTRIBUTE_REAL = 5,    /* real */
  WEFT_ATTRIBUTE_BOOL = 6,    /* integer: 0 or 1 */
  WEFT_ATTRIBUTE_STRING = 7,  /* text; with choices, integer is which of them */
  WEFT_ATTRIBUTE_ELEMENT = 8  /* integer: a weft_element */
} weft_attribute_kind;

/* An attribute's value. */
typedef struct weft_value {
  int64_t integer;
  double real;
  const char *text; /* UTF-8, ends with 0 */
  const int64_t *integers;
  size_t count;
} weft_value;

/* An attribute of an op: `capacity: 1.25`. */
typedef struct weft_attribute {
  uint32_t size;    /* sizeof(weft_attribute), the same in all of an array */
  uint32_t kind;    /* weft_attribute_kind */
  const char *name; /* snake_case */
  uint32_t required; /* not 0: a graph file must give it, and fallback isn't read */
  uint32_t choice_count;
  weft_value fallback; /* the value where a graph file gives none */
  const char *const *choices; /* the words that a string may be; none: any text */
} weft_attribute;

/* ------------------------------------------------------------------------------------- The calls */

/* Where a function writes why it fails. */
typedef struct weft_error {
  uint32_t size;
  int32_t operand; /* which operand is wrong, so that messages show it; -1: none */
  char *text;      /* what follows the op's name in a message: "needs x of rank 2" */
  size_t capacity; /* bytes of text, its 0 among them */
} weft_error;

/* Arithmetic on extents; called by weft_dim_add and its like. */
typedef struct weft_dim_functions {
  uint32_t size;
  uint32_t reserved;
  void *context;
  weft_dim (*add)(void *context, weft_dim a, weft_dim b);
  weft_dim (*subtract)(void *context, weft_dim a, weft_dim b);
  weft_dim (*multiply)(void *context, weft_dim a, weft_dim b);
  weft_dim (*divide)(void *context, weft_dim a, weft_dim b); /* only without a remainder */
} weft_dim_functions;

/* One application of an op: what its functions are told. */
typedef struct weft_call {
  uint32_t size;
  uint32_t operand_count; /* as the op declares them, and more where the last is variadic */
  const weft_tensor_type *const *operands; /* NULL: an optional operand that was left out */
  const weft_tensor_type *results; /* not in shape */
  const weft_value *attributes; /* in the order in which the op declares them */
  const weft_dim_functions *dims; /* only in shape */
} weft_call;

/* What one application of an op takes. Below 0: what Weft takes it for, that is no floating-point
 * operation, and each operand read and each result written once. */
typedef struct weft_cost {
  uint32_t size;
  uint32_t reserved;
  int64_t flops; /* a multiply-add counts 2 */
  int64_t bytes_read;
  int64_t bytes_written;
} weft_cost;

/* What a kernel works on. Operands are aligned to their elements, results and scratch to 64 bytes.
 * A result may be the memory of an operand that the op says may be overwritten, and of no other. */
typedef struct weft_run {
  uint32_t size;
  uint32_t reserved;
  const weft_call *call;
  const uint64_t *parameters; /* those of the weft_kernel */
  int64_t first_tile, end_tile; /* compute first_tile ..< end_tile */
  const void *operands[WEFT_PLUGIN_OPERANDS]; /* NULL: left out */
  void *results[WEFT_PLUGIN_RESULTS];
  void *scratch;  /* of this thread alone, with any content; NULL if the kernel asks for none */
  int64_t *fault; /* through weft_report */
} weft_run;

/* How one application of an op is computed, for known extents. */
typedef struct weft_kernel {
  uint32_t size;
  uint32_t reserved;
  const char *name; /* of the variant, for profiles: "avx2"; NULL: none. Static. */
  int64_t tiles;    /* 1 ..< 2^24 parts that may be computed in any order on any thread; their number
                       hangs on the types alone, and none writes what another one writes or reads */
  int64_t scratch;  /* bytes for each thread, at most 2^30 */
  void (*run)(const weft_run *run);
  uint64_t parameters[16]; /* whatever run wants to be told; starts as zeros */
} weft_kernel;

/* ------------------------------------------------------------------------------------------- Ops */

/* A tensor that an op takes. */
typedef struct weft_operand {
  uint32_t size;     /* sizeof(weft_operand), the same in all of an array */
  uint32_t optional; /* not 0: may be left out; after those that may not */
  const char *name;  /* snake_case */
  uint32_t elements; /* WEFT_ELEMENT_BITs of the element types that it may have; 0: f32 alone */
  uint32_t reserved;
  /* Since revision 2. Not 0: one tensor or more stand here, up to WEFT_PLUGIN_OPERANDS of all operands
   * together; the last operand, in an op without optional ones. weft_call.operand_count says how many
   * there are. Of these only the first may be overwritable. */
  uint32_t variadic;
  uint32_t reserved2;
} weft_operand;

/* An op is of one of two forms.
 *
 * Elementwise: `elementwise` is given, and 1 to 3 operands. Element i of the result hangs on element i
 * of each operand alone. Weft has the shapes (NumPy's broadcasting), f16 and bf16 (widened), tiles and
 * memory, and fuses the op with others into one pass over memory.
 *
 * Any other: `shape` and `kernel` are given.
 *
 * Functions that return int return 0, or anything else after they filled the error: weft_fail. */
typedef struct weft_op {
  uint32_t size;        /* sizeof(weft_op) */
  uint32_t reserved;
  const char *name;     /* snake_case, in no other op of this program */
  const char *summary;  /* one sentence, up to its full stop */
  const char *category; /* its colour in diagrams, its group in profiles: matrix_product, attention,
                           normalization, activation, elementwise, reduction, movement, embedding,
                           position, state, other; NULL: other, or elementwise */
  const weft_operand *operands;
  size_t operand_count;
  const weft_attribute *attributes;
  size_t attribute_count;
  uint32_t result_count; /* 0: 1 */
  uint32_t overwritable; /* bit i: result 0 may be written over operand i, where types are equal */

  /* Result types for operand types, whose element types were looked at. Writes all of
   * results[0 ..< result_count]; extents may be unknown. */
  int (*shape)(const weft_call *call, weft_tensor_type *results, weft_error *error);
  /* Chooses the kernel for known extents. It starts as zeros. */
  int (*kernel)(const weft_call *call, weft_kernel *kernel, weft_error *error);
  /* What known extents cost. May be NULL. It starts as -1. */
  void (*cost)(const weft_call *call, weft_cost *cost);
  /* The definition of the op: slow, obvious, in double. It folds constants and is what the kernel is
   * tested against. bool is 0 or 1. May be NULL. */
  int (*reference)(
    const weft_call *call, const double *const *operands, double *const *results,
    weft_error *error);
  /* What it means when a kernel reported data: "an index lies outside of the table". May be NULL. */
  const char *fault;

  /* Elementwise: computes count elements. The result may be one of the operands; memory is aligned
   * to its elements. */
  void (*elementwise)(
    const weft_value *attributes, const float *const *operands, float *result, size_t count);
  /* The same in double, for one element. May be NULL. */
  double (*elementwise_reference)(const weft_value *attributes, const double *operands);
  /* Floating-point operations for an element; 0: 1. */
  uint32_t elementwise_flops;
  uint32_t reserved2;
} weft_op;

/* ------------------------------------------------------------------------------------ The plugin */

/* Who a plugin is: read from the file, so without pointers. */
typedef struct weft_plugin_identity {
  char magic[8];         /* "weftplug" */
  uint32_t size;         /* sizeof(weft_plugin_identity) */
  uint32_t abi;          /* WEFT_PLUGIN_ABI */
  uint32_t revision;     /* WEFT_PLUGIN_REVISION */
  uint32_t reserved;
  char name[64];         /* letters, digits, '-' and '_' */
  char version[32];
  char built_with[256];  /* the compiler */
} weft_plugin_identity;

/* What a plugin has. */
typedef struct weft_plugin_table {
  uint32_t size;
  uint32_t reserved;
  const weft_op *const *ops;
  size_t op_count;
} weft_plugin_table;

#if defined(_WIN32)
#define WEFT_PLUGIN_EXPORT __declspec(dllexport)
#else
#define WEFT_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __VERSION__
#define WEFT_PLUGIN_COMPILER __VERSION__
#else
#define WEFT_PLUGIN_COMPILER "unknown"
#endif

/* Defines the plugin; OPS is an array of `const weft_op *`. Once, outside of all functions:
 *
 *   static const weft_op *const ops[] = {&gate, &combine};
 *   WEFT_PLUGIN("gates", "1.0", ops)
 */
#ifdef __cplusplus
#define WEFT_PLUGIN_SYMBOL extern "C" WEFT_PLUGIN_EXPORT
#else
#define WEFT_PLUGIN_SYMBOL extern WEFT_PLUGIN_EXPORT
#endif
#define WEFT_PLUGIN(NAME, VERSION, OPS)                                                        \
  WEFT_PLUGIN_SYMBOL const weft_plugin_identity weft_plugin;                                   \
  WEFT_PLUGIN_SYMBOL const weft_plugin_table weft_plugin_ops;                                  \
  const weft_plugin_identity weft_plugin = {                                                   \
    {'w', 'e', 'f', 't', 'p', 'l', 'u', 'g'}, sizeof(weft_plugin_identity), WEFT_PLUGIN_ABI,   \
    WEFT_PLUGIN_REVISION, 0, NAME, VERSION, WEFT_PLUGIN_COMPILER};                             \
  const weft_plugin_table weft_plugin_ops = {                                                  \
    sizeof(weft_plugin_table), 0, OPS, sizeof(OPS) / sizeof((OPS)[0])};

/* --------------------------------------------------------------------------- What saves you typing */

#if defined(__GNUC__) || defined(__clang__)
#define WEFT_PLUGIN_UNUSED __attribute__((unused))
#define WEFT_PLUGIN_FORMAT(at, from) __attribute__((format(printf, at, from)))
#else
#define WEFT_PLUGIN_UNUSED
#define WEFT_PLUGIN_FORMAT(at, from)
#endif

/* Fills the error, cut where the buffer ends, and returns 1: `return weft_fail(error, 0, "needs …");` */
WEFT_PLUGIN_FORMAT(3, 4)
static WEFT_PLUGIN_UNUSED int weft_fail(weft_error *error, int operand, const char *format, ...) {
  va_list arguments;
  error->operand = operand;
  va_start(arguments, format);
  (void)vsnprintf(error->text, error->capacity, format, arguments);
  va_end(arguments);
  return 1;
}

/* Whether an extent is a number. */
static inline int weft_is_known(weft_dim dim) { return dim >= 0; }

/* Arithmetic on extents, in shape. What can't be told, such as a division with a remainder, gives
 * WEFT_NO_DIM. */
static inline weft_dim weft_dim_add(const weft_call *call, weft_dim a, weft_dim b) {
  return call->dims->add(call->dims->context, a, b);
}
static inline weft_dim weft_dim_subtract(const weft_call *call, weft_dim a, weft_dim b) {
  return call->dims->subtract(call->dims->context, a, b);
}
static inline weft_dim weft_dim_multiply(const weft_call *call, weft_dim a, weft_dim b) {
  return call->dims->multiply(call->dims->context, a, b);
}
static inline weft_dim weft_dim_divide(const weft_call *call, weft_dim a, weft_dim b) {
  return call->dims->divide(call->dims->context, a, b);
}

/* Elements of axes first ..< end of a type with known extents. Weft has looked that all of a tensor's
 * elements can be counted. */
static inline int64_t weft_count(const weft_tensor_type *type, uint32_t first, uint32_t end) {
  int64_t count = 1;
  for (uint32_t i = first; i < end; i++) count *= type->dims[i];
  return count;
}

/* In a kernel: data has no result, such as an index outside of its table at element `position`. The
 * run goes on over memory that it may touch, and fails then with the op's `fault`. */
static inline void weft_report(const weft_run *run, int64_t position) {
  if (position >= 0 && (*run->fault < 0 || position < *run->fault)) *run->fault = position;
}

#ifdef __cplusplus
}
#endif

#endif
