import CKernels

/// A program for the C interpreter, checked, with the memory that it points to.
///
/// `@unchecked Sendable`: the memory is written by `init` and read only after that.
final class ElementwiseCode: @unchecked Sendable {
  /// The program; valid while this object is alive.
  let program: UnsafePointer<weft_elementwise_program>
  private let memory: [UnsafeMutableRawPointer]
  /// What keeps alive what instructions call.
  private let owners: [AnyObject]

  init(
    instructions: [weft_instruction], inputs: [weft_dtype], constants: [weft_constant],
    registers: Int, output: weft_dtype, keeping owners: [AnyObject] = []
  ) {
    self.owners = owners
    let (instructionMemory, inputMemory) = (Self.copy(instructions), Self.copy(inputs))
    let (constantMemory, outputMemory) = (Self.copy(constants), Self.copy([output]))
    let program = UnsafeMutablePointer<weft_elementwise_program>.allocate(capacity: 1)
    program.initialize(
      to: weft_elementwise_program(
        instructions: instructionMemory, instruction_count: instructions.count,
        input_types: inputMemory, input_count: inputs.count, constants: constantMemory,
        constant_count: constants.count, register_count: registers, output_types: outputMemory,
        output_count: 1))
    self.program = UnsafePointer(program)
    memory = [
      UnsafeMutableRawPointer(mutating: instructionMemory),
      UnsafeMutableRawPointer(mutating: inputMemory),
      UnsafeMutableRawPointer(mutating: constantMemory),
      UnsafeMutableRawPointer(mutating: outputMemory), UnsafeMutableRawPointer(program),
    ]
    let wrong = weft_elementwise_check(program)
    precondition(wrong == Int(bitPattern: UInt.max), "instruction \(wrong) is wrong")
  }

  /// Memory of the same content that lasts until `deinit`. All elements are trivial.
  private static func copy<T: BitwiseCopyable>(_ array: [T]) -> UnsafePointer<T> {
    let memory = UnsafeMutablePointer<T>.allocate(capacity: max(array.count, 1))
    memory.initialize(from: array, count: array.count)
    return UnsafePointer(memory)
  }

  deinit {
    for block in memory { block.deallocate() }
  }
}
