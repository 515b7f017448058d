import CKernels
import Testing

/// A program for the register machine with the memory of its arrays.
struct ElementwiseProgram {
  var inputs: [weft_dtype] = []
  var constants: [weft_constant] = []
  var registers = 0
  var outputs: [weft_dtype] = []
  var instructions: [weft_instruction] = []

  mutating func append(
    _ opcode: weft_opcode, _ type: weft_dtype, to: weft_dtype = WEFT_F32, _ dst: UInt16,
    _ a: UInt16, _ b: UInt16 = 0, _ c: UInt16 = 0
  ) {
    instructions.append(
      weft_instruction(
        opcode: opcode, type: type, to: to, dst: dst, a: a, b: b, c: c, call: nil, context: nil))
  }

  func withProgram<Result>(
    _ body: (UnsafePointer<weft_elementwise_program>) -> Result
  ) -> Result {
    instructions.withUnsafeBufferPointer { instructions in
      inputs.withUnsafeBufferPointer { inputs in
        constants.withUnsafeBufferPointer { constants in
          outputs.withUnsafeBufferPointer { outputs in
            var program = weft_elementwise_program(
              instructions: instructions.baseAddress, instruction_count: instructions.count,
              input_types: inputs.baseAddress, input_count: inputs.count,
              constants: constants.baseAddress, constant_count: constants.count,
              register_count: registers, output_types: outputs.baseAddress,
              output_count: outputs.count)
            return body(&program)
          }
        }
      }
    }
  }

  var check: Int { withProgram { weft_elementwise_check($0) } }

  /// One operation on whole arrays in guarded memory.
  static func apply<T: BitwiseCopyable, R: BitwiseCopyable>(
    _ kernels: Kernels, _ opcode: weft_opcode, _ type: weft_dtype, to: weft_dtype = WEFT_F32,
    result: weft_dtype, _ operands: [[T]], condition: [UInt8]? = nil, as: R.Type, edge: Edge
  ) -> [R] {
    var program = ElementwiseProgram()
    if condition != nil { program.inputs.append(WEFT_BOOL) }
    program.inputs += operands.map { _ in type }
    program.outputs = [result]
    let last = UInt16(max(0, program.inputs.count - 1))
    program.append(
      opcode, type, to: to, UInt16(program.inputs.count), 0, min(1, last), min(2, last))
    let buffers = operands.map { GuardedBuffer($0, edge: edge) }
    let conditions = GuardedBuffer(condition ?? [], edge: edge)
    let count = operands[0].count
    let out = GuardedBuffer<R>(count: count, edge: edge)
    var inputs = buffers.map {
      weft_elementwise_input(data: $0.pointer, row_stride: 0, broadcast: false)
    }
    if condition != nil {
      inputs.insert(
        weft_elementwise_input(data: conditions.pointer, row_stride: 0, broadcast: false), at: 0)
    }
    let outputs = [weft_elementwise_output(data: out.pointer, row_stride: 0)]
    withExtendedLifetime((buffers, conditions, out)) {
      program.withProgram { pointer in
        #expect(weft_elementwise_check(pointer) == -1)
        let scratch = GuardedBuffer<UInt8>(count: weft_elementwise_scratch(pointer), edge: .end)
        kernels.table.pointee.elementwise(pointer, inputs, outputs, 1, count, scratch.pointer)
      }
    }
    return out.elements
  }
}
