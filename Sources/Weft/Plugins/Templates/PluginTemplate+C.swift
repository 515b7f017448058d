extension PluginTemplate {
  /// The op of the Swift template in C: types, kernel, cost and reference, and a test that compares them.
  static let cOp = [
    File(path: "SNAKE.c", text: cSource),
    File(path: "test.c", text: cTest),
    File(path: "Makefile", text: makefile),
    File(path: "example.weft", text: cExample),
  ]

  private static let cSource = #"""
    /* Each row divided by its largest magnitude: x / max(max |x|, epsilon). */
    #include <math.h>

    #include "weft_plugin.h"

    enum { ROWS, WIDTH, ROWS_OF_TILE }; /* parameters of the kernel */

    static int shape(const weft_call *call, weft_tensor_type *results, weft_error *error) {
      const weft_tensor_type *x = call->operands[0];
      if (x->rank < 1) return weft_fail(error, 0, "needs x of rank 1 or more");
      if (!(call->attributes[0].real > 0)) return weft_fail(error, -1, "needs an epsilon above 0");
      results[0] = *x;
      return 0;
    }

    static void run(const weft_run *run) {
      const uint64_t *p = run->parameters;
      const float epsilon = (float)run->call->attributes[0].real;
      const uint64_t step = p[ROWS_OF_TILE], end = (uint64_t)run->end_tile * step;
      for (uint64_t row = (uint64_t)run->first_tile * step; row < end && row < p[ROWS]; row++) {
        const float *x = (const float *)run->operands[0] + row * p[WIDTH];
        float *y = (float *)run->results[0] + row * p[WIDTH];
        float largest = epsilon;
        for (uint64_t i = 0; i < p[WIDTH]; i++) largest = fmaxf(largest, fabsf(x[i]));
        for (uint64_t i = 0; i < p[WIDTH]; i++) y[i] = x[i] / largest;
      }
    }

    /* Tiles of about 16K elements: their number hangs on the shape alone. */
    static int kernel(const weft_call *call, weft_kernel *kernel, weft_error *error) {
      (void)error;
      const weft_tensor_type *x = call->operands[0];
      const uint64_t rows = (uint64_t)weft_count(x, 0, x->rank - 1);
      const uint64_t width = (uint64_t)x->dims[x->rank - 1];
      const uint64_t step = width && width < 16384 ? 16384 / width : 1;
      kernel->tiles = rows ? (int64_t)((rows + step - 1) / step) : 1;
      kernel->run = run;
      kernel->parameters[ROWS] = rows;
      kernel->parameters[WIDTH] = width;
      kernel->parameters[ROWS_OF_TILE] = step;
      return 0;
    }

    static void cost(const weft_call *call, weft_cost *cost) {
      cost->flops = 3 * weft_count(call->operands[0], 0, call->operands[0]->rank);
    }

    /* The definition, in double: what the kernel is compared with. */
    static int reference(
      const weft_call *call, const double *const *operands, double *const *results,
      weft_error *error) {
      (void)error;
      const weft_tensor_type *x = call->operands[0];
      const int64_t width = x->dims[x->rank - 1], all = weft_count(x, 0, x->rank);
      for (int64_t at = 0; at < all; at += width) {
        double largest = call->attributes[0].real;
        for (int64_t i = at; i < at + width; i++) largest = fmax(largest, fabs(operands[0][i]));
        for (int64_t i = at; i < at + width; i++) results[0][i] = operands[0][i] / largest;
      }
      return 0;
    }

    static const weft_operand operands[] = {{.size = sizeof(weft_operand), .name = "x"}};
    static const weft_attribute attributes[] = {
      {.size = sizeof(weft_attribute), .name = "epsilon", .kind = WEFT_ATTRIBUTE_REAL,
       .fallback = {.real = 1e-6}}};

    static const weft_op op = {
      .size = sizeof(weft_op),
      .name = "SNAKE",
      .summary = "Each row divided by its largest magnitude.",
      .category = "normalization",
      .operands = operands,
      .operand_count = 1,
      .attributes = attributes,
      .attribute_count = 1,
      .overwritable = 1, /* the result may lie where x lies */
      .shape = shape,
      .kernel = kernel,
      .cost = cost,
      .reference = reference,
    };

    static const weft_op *const ops[] = {&op};
    WEFT_PLUGIN("NAME", "0.1", ops)

    """#

  private static let cTest = #"""
    /* Compares the kernel with the reference, without Weft: the op is a table of functions. */
    #include <stdlib.h>

    #include "SNAKE.c"

    static int compare(int64_t rows, int64_t width) {
      const weft_tensor_type type = {WEFT_ELEMENT_F32, 2, {rows, width}};
      const weft_tensor_type *const types[] = {&type};
      const weft_value value = {.real = 1e-6};
      char text[256] = "";
      weft_error error = {sizeof error, -1, text, sizeof text};
      weft_tensor_type result = {0};
      weft_call call = {.size = sizeof call, .operand_count = 1, .operands = types,
                        .attributes = &value};
      if (op.shape(&call, &result, &error) != 0) return 1;
      call.results = &result;
      weft_kernel kernel = {.size = sizeof kernel};
      if (op.kernel(&call, &kernel, &error) != 0) return 1;

      const size_t count = (size_t)(rows * width);
      float *x = malloc(count * sizeof *x), *y = malloc(count * sizeof *y);
      double *from = malloc(count * sizeof *from), *to = malloc(count * sizeof *to);
      if (!x || !y || !from || !to) return 1;
      for (size_t i = 0; i < count; i++) from[i] = x[i] = (float)((int)(i * 7 % 23) - 11) / 3;
      int64_t fault = -1;
      const weft_run run = {.size = sizeof run, .call = &call, .parameters = kernel.parameters,
                            .end_tile = kernel.tiles, .operands = {x}, .results = {y},
                            .fault = &fault};
      kernel.run(&run);
      const double *const sources[] = {from};
      double *const targets[] = {to};
      int wrong = op.reference(&call, sources, targets, &error);
      for (size_t i = 0; i < count; i++) wrong |= !(fabs(y[i] - to[i]) < 1e-6);
      free(x), free(y), free(from), free(to);
      if (wrong) printf("%d x %d: wrong\n", (int)rows, (int)width);
      return wrong;
    }

    int main(void) {
      const int wrong = compare(1, 1) | compare(3, 7) | compare(200, 384) | compare(2, 20000);
      puts(wrong ? "failed" : "passed");
      return wrong;
    }

    """#

  private static let makefile = """
    CC ?= cc
    CFLAGS = -O2 -std=c11 -Wall -Wextra -Wpedantic

    SNAKE.so: SNAKE.c weft_plugin.h
    \t$(CC) $(CFLAGS) -fPIC -shared -o $@ $< -lm

    test: test.c SNAKE.c weft_plugin.h
    \t$(CC) $(CFLAGS) -o .test $< -lm && ./.test

    clean:
    \trm -f SNAKE.so .test

    .PHONY: test clean

    """

  private static let cExample = """
    /// What the plugin's op is for.
    model Example {
      input x: f32[rows, width]

      output y = SNAKE(x)
    }

    """
}
