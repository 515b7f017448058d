// The register machine: see weft_elementwise_program. A block of ELEMENTWISE_BLOCK elements passes
// through all instructions before the next begins. Inputs and outputs are used where they lie;
// only broadcast inputs, constants and registers take scratch.

#include "elementwise_ops.h"
#include "../elementwise_layout.h"

WEFT_INLINE void elementwise_fill(const void *element, size_t size, void *to, size_t n) {
  switch (size) {
    case 1: memset(to, *(const uint8_t *)element, n); return;
    case 2: {
      uint16_t x; memcpy(&x, element, sizeof x);
      for (size_t i = 0; i < n; i++) ((uint16_t *)to)[i] = x;
      return;
    }
    case 4: {
      uint32_t x; memcpy(&x, element, sizeof x);
      for (size_t i = 0; i < n; i++) ((uint32_t *)to)[i] = x;
      return;
    }
    default: {
      uint64_t x; memcpy(&x, element, sizeof x);
      for (size_t i = 0; i < n; i++) ((uint64_t *)to)[i] = x;
      return;
    }
  }
}

static void elementwise_step(
  const weft_instruction *instruction, char *const *operands, size_t n) {
  const weft_instruction in = *instruction;
  void *d = operands[in.dst];
  const void *a = operands[in.a], *b = operands[in.b];
  switch (in.opcode) {
    case WEFT_OP_COPY: cast_any(a, in.type, in.type, d, n); return;
    case WEFT_OP_CAST: cast_any(a, in.type, in.to, d, n); return;
    case WEFT_OP_WHERE:
      elementwise_where(weft_dtype_size(in.type), a, b, operands[in.c], d, n);
      return;
    case WEFT_OP_CALL1: case WEFT_OP_CALL2: case WEFT_OP_CALL3: {
      const float *const sources[3] = {a, b, (const void *)operands[in.c]};
      in.call(in.context, sources, d, n);
      return;
    }
    case WEFT_OP_NEG: case WEFT_OP_ABS: case WEFT_OP_NOT: b = a; break;
    default: break;
  }
  switch (in.type) {
    case WEFT_I32: elementwise_i32(in.opcode, a, b, d, n); return;
    case WEFT_I64: elementwise_i64(in.opcode, a, b, d, n); return;
    case WEFT_BOOL: elementwise_bool(in.opcode, a, b, d, n); return;
    default: elementwise_f32(in.opcode, a, b, d, n); return;
  }
}

static void elementwise(
  const weft_elementwise_program *program, const weft_elementwise_input *inputs,
  const weft_elementwise_output *outputs, size_t rows, size_t count, void *scratch) {
  if (rows == 0 || count == 0) return;
  char *operands[WEFT_ELEMENTWISE_OPERANDS];
  const size_t kept = weft_min(count, ELEMENTWISE_BLOCK);
  const size_t first_constant = program->input_count;
  const size_t first_register = first_constant + program->constant_count;
  const size_t first_output = first_register + program->register_count;
  for (size_t i = 0; i < first_output; i++) operands[i] = (char *)scratch + i * ELEMENTWISE_STRIDE;
  for (size_t i = 0; i < program->constant_count; i++) {
    const weft_constant constant = program->constants[i];
    const int32_t narrow = (int32_t)(uint32_t)(uint64_t)constant.integer;
    const uint8_t truth = constant.integer != 0;
    const void *element = constant.type == WEFT_F32 ? (const void *)&constant.number
      : constant.type == WEFT_I64 ? (const void *)&constant.integer
      : constant.type == WEFT_I32 ? (const void *)&narrow : (const void *)&truth;
    elementwise_fill(element, weft_dtype_size(constant.type), operands[first_constant + i], kept);
  }
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < program->input_count; i++) {
      if (!inputs[i].broadcast || (row > 0 && inputs[i].row_stride == 0)) continue;
      const size_t size = weft_dtype_size(program->input_types[i]);
      const char *element
        = (const char *)inputs[i].data + (ptrdiff_t)row * inputs[i].row_stride * (ptrdiff_t)size;
      elementwise_fill(element, size, operands[i], kept);
    }
    for (size_t at = 0; at < count; at += ELEMENTWISE_BLOCK) {
      const size_t n = weft_min(count - at, ELEMENTWISE_BLOCK);
      for (size_t i = 0; i < program->input_count; i++) {
        if (inputs[i].broadcast) continue;
        const ptrdiff_t element = (ptrdiff_t)row * inputs[i].row_stride + (ptrdiff_t)at;
        operands[i] = (char *)(uintptr_t)inputs[i].data
          + element * (ptrdiff_t)weft_dtype_size(program->input_types[i]);
      }
      for (size_t i = 0; i < program->output_count; i++) {
        const ptrdiff_t element = (ptrdiff_t)row * outputs[i].row_stride + (ptrdiff_t)at;
        operands[first_output + i] = (char *)outputs[i].data
          + element * (ptrdiff_t)weft_dtype_size(program->output_types[i]);
      }
      for (size_t i = 0; i < program->instruction_count; i++) {
        elementwise_step(program->instructions + i, operands, n);
      }
    }
  }
}
