#include <stdbool.h>

#include "elementwise_layout.h"
#include "include/weft_kernels.h"

// The types of all operands as far as they are known; WEFT_UNKNOWN before the first write.
enum { WEFT_UNKNOWN = 255 };

typedef struct {
  size_t first_register, first_output, count;
  uint8_t types[WEFT_ELEMENTWISE_OPERANDS];
  bool written[WEFT_ELEMENTWISE_OPERANDS];
} operand_types;

static bool reads(const operand_types *operands, uint16_t index, weft_dtype type) {
  return index < operands->first_output && operands->types[index] == (uint8_t)type;
}

static bool writes(operand_types *operands, uint16_t index, weft_dtype type) {
  if (index < operands->first_register || index >= operands->count) return false;
  if (index >= operands->first_output && operands->types[index] != (uint8_t)type) return false;
  operands->types[index] = (uint8_t)type;
  operands->written[index] = true;
  return true;
}

static bool is_number(weft_dtype type) {
  return type == WEFT_F32 || type == WEFT_I32 || type == WEFT_I64;
}

static bool check_instruction(operand_types *operands, const weft_instruction *in) {
  if (weft_dtype_size(in->type) == 0) return false;
  switch (in->opcode) {
    case WEFT_OP_COPY: return reads(operands, in->a, in->type) && writes(operands, in->dst, in->type);
    case WEFT_OP_CAST:
      return weft_dtype_size(in->to) != 0 && reads(operands, in->a, in->type)
        && writes(operands, in->dst, in->to);
    case WEFT_OP_WHERE:
      return reads(operands, in->a, WEFT_BOOL) && reads(operands, in->b, in->type)
        && reads(operands, in->c, in->type) && writes(operands, in->dst, in->type);
    case WEFT_OP_ADD: case WEFT_OP_SUB: case WEFT_OP_MUL: case WEFT_OP_DIV:
    case WEFT_OP_MIN: case WEFT_OP_MAX:
      return is_number(in->type) && reads(operands, in->a, in->type)
        && reads(operands, in->b, in->type) && writes(operands, in->dst, in->type);
    case WEFT_OP_NEG: case WEFT_OP_ABS:
      return is_number(in->type) && reads(operands, in->a, in->type)
        && writes(operands, in->dst, in->type);
    case WEFT_OP_EQ: case WEFT_OP_NE: case WEFT_OP_LT:
    case WEFT_OP_LE: case WEFT_OP_GT: case WEFT_OP_GE:
      return (is_number(in->type) || in->type == WEFT_BOOL) && reads(operands, in->a, in->type)
        && reads(operands, in->b, in->type) && writes(operands, in->dst, WEFT_BOOL);
    case WEFT_OP_AND: case WEFT_OP_OR:
      return in->type == WEFT_BOOL && reads(operands, in->a, WEFT_BOOL)
        && reads(operands, in->b, WEFT_BOOL) && writes(operands, in->dst, WEFT_BOOL);
    case WEFT_OP_NOT:
      return in->type == WEFT_BOOL && reads(operands, in->a, WEFT_BOOL)
        && writes(operands, in->dst, WEFT_BOOL);
    case WEFT_OP_POW:
      return in->type == WEFT_F32 && reads(operands, in->a, WEFT_F32)
        && reads(operands, in->b, WEFT_F32) && writes(operands, in->dst, WEFT_F32);
    case WEFT_OP_EXP: case WEFT_OP_LOG: case WEFT_OP_SQRT: case WEFT_OP_RSQRT:
    case WEFT_OP_TANH: case WEFT_OP_ERF: case WEFT_OP_SIGMOID: case WEFT_OP_RELU:
    case WEFT_OP_SILU: case WEFT_OP_GELU_ERF: case WEFT_OP_GELU_TANH:
    case WEFT_OP_SIN: case WEFT_OP_COS:
      return in->type == WEFT_F32 && reads(operands, in->a, WEFT_F32)
        && writes(operands, in->dst, WEFT_F32);
    case WEFT_OP_CALL1: case WEFT_OP_CALL2: case WEFT_OP_CALL3:
      return in->type == WEFT_F32 && in->call && reads(operands, in->a, WEFT_F32)
        && (in->opcode < WEFT_OP_CALL2 || reads(operands, in->b, WEFT_F32))
        && (in->opcode < WEFT_OP_CALL3 || reads(operands, in->c, WEFT_F32))
        && writes(operands, in->dst, WEFT_F32);
    default: return false;
  }
}

// Unread operand fields must still be numbers of operands: the machine looks their blocks up.
static bool in_range(const operand_types *operands, const weft_instruction *in) {
  return in->a < operands->count && in->b < operands->count && in->c < operands->count;
}

size_t weft_elementwise_check(const weft_elementwise_program *program) {
  const size_t wrong = program->instruction_count;
  const size_t counts[4] = {
    program->input_count, program->constant_count, program->register_count, program->output_count};
  size_t total = 0;
  for (int i = 0; i < 4; i++) {
    if (counts[i] > WEFT_ELEMENTWISE_OPERANDS - total) return wrong;
    total += counts[i];
  }
  operand_types operands = {.count = total, .first_output = total - program->output_count};
  operands.first_register = operands.first_output - program->register_count;
  for (size_t i = 0; i < program->input_count; i++) {
    if (weft_dtype_size(program->input_types[i]) == 0) return wrong;
    operands.types[i] = (uint8_t)program->input_types[i];
  }
  for (size_t i = 0; i < program->constant_count; i++) {
    const weft_dtype type = program->constants[i].type;
    if (!is_number(type) && type != WEFT_BOOL) return wrong;
    operands.types[program->input_count + i] = (uint8_t)type;
  }
  for (size_t i = operands.first_register; i < operands.first_output; i++) {
    operands.types[i] = WEFT_UNKNOWN;
  }
  for (size_t i = 0; i < program->output_count; i++) {
    if (weft_dtype_size(program->output_types[i]) == 0) return wrong;
    operands.types[operands.first_output + i] = (uint8_t)program->output_types[i];
  }
  for (size_t i = 0; i < program->instruction_count; i++) {
    const weft_instruction *in = program->instructions + i;
    if (!in_range(&operands, in) || !check_instruction(&operands, in)) return i;
  }
  for (size_t i = operands.first_output; i < total; i++) if (!operands.written[i]) return wrong;
  return SIZE_MAX;
}

size_t weft_elementwise_scratch(const weft_elementwise_program *program) {
  const size_t blocks = program->input_count + program->constant_count + program->register_count;
  return blocks * ELEMENTWISE_STRIDE;
}
