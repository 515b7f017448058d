import CKernels
import Tensors

/// Translates a program into the C interpreter's instructions for given element types.
///
/// 16-bit floats are widened where arithmetic needs them and rounded where the result is stored.
struct ElementwiseAssembler {
  /// A place that instructions name; numbered only when all are known.
  private enum Slot: Hashable {
    case input(Int)
    case constant(Int)
    case register(Int)
    case output
  }

  /// Where a value is and in which type it is held: f32 for a 16-bit float that was computed.
  private struct Location: Hashable {
    var slot: Slot
    var held: DType
  }

  private struct Step {
    var opcode: weft_opcode
    var type: DType
    var to: DType
    var target: Slot
    var sources: [Slot]
    /// What a call calls.
    var function: ForeignFunction?
  }

  private let inputs: [DType]
  private let output: DType
  private var steps: [Step] = []
  private var zeros: [DType] = []
  private var registers = 0
  private var widened: [Location: Slot] = [:]

  /// The code of `program` for operands of these types; nil where the types don't fit.
  static func assemble(_ program: ElementwiseProgram, _ operands: [DType]) -> ElementwiseCode? {
    guard let types = try? program.dtypes(operands), let output = types.last else { return nil }
    var assembler = ElementwiseAssembler(inputs: operands, output: output)
    var results: [Location] = []
    for instruction in program.instructions {
      var sources: [Location] = []
      var dtypes: [DType] = []
      for source in instruction.sources {
        switch source {
        case .operand(let i):
          sources.append(Location(slot: .input(i), held: operands[i]))
          dtypes.append(operands[i])
        case .result(let i):
          sources.append(results[i])
          dtypes.append(types[i])
        }
      }
      results.append(assembler.lower(instruction.op.function, sources, dtypes))
    }
    assembler.store(results[results.count - 1])
    return assembler.code()
  }

  private init(inputs: [DType], output: DType) {
    self.inputs = inputs
    self.output = output
  }

  private mutating func lower(
    _ function: ScalarFunction, _ sources: [Location], _ dtypes: [DType]
  ) -> Location {
    switch function.body {
    case .identity: return sources[0]
    case .conversion(let to):
      let same = sources[0].held == to && (dtypes[0] == to || !to.is16Bit)
      return same ? sources[0] : emit(WEFT_OP_CAST, sources[0].held, to, [sources[0].slot])
    case .select:
      let held = sources[1].held == sources[2].held ? sources[1].held : .f32
      let values = sources[1...].map { read($0, as: held) }
      return emit(WEFT_OP_WHERE, held, held, [sources[0].slot] + values)
    default:
      let type = dtypes[0].is16Bit ? .f32 : dtypes[0]
      let slots = sources.map { read($0, as: type) }
      let result = (try? function.resultDType(dtypes)) == .bool ? DType.bool : type
      if type.isInteger, let opcode = function.integerOpcodeWithZero {
        return emit(opcode, type, result, slots + [zero(type)])
      }
      let foreign: ForeignFunction? = if case .foreign(let f) = function.body { f } else { nil }
      return emit(function.opcode, type, result, slots, foreign)
    }
  }

  /// Appends an instruction that writes a new register.
  private mutating func emit(
    _ opcode: weft_opcode, _ type: DType, _ to: DType, _ sources: [Slot],
    _ function: ForeignFunction? = nil
  ) -> Location {
    let target = Slot.register(registers)
    registers += 1
    steps.append(
      Step(
        opcode: opcode, type: type, to: to, target: target, sources: sources, function: function))
    return Location(slot: target, held: to)
  }

  /// The slot of a value held as `dtype`, converted once however often it is read.
  private mutating func read(_ location: Location, as dtype: DType) -> Slot {
    if location.held == dtype { return location.slot }
    if let known = widened[location] { return known }
    let slot = emit(WEFT_OP_CAST, location.held, dtype, [location.slot]).slot
    widened[location] = slot
    return slot
  }

  private mutating func zero(_ dtype: DType) -> Slot {
    if let known = zeros.firstIndex(of: dtype) { return .constant(known) }
    zeros.append(dtype)
    return .constant(zeros.count - 1)
  }

  /// Writes the result, by the instruction that computed it where nothing stands between.
  private mutating func store(_ result: Location) {
    if result.held == output, let last = steps.indices.last, steps[last].target == result.slot {
      steps[last].target = .output
      registers -= 1
    } else {
      let opcode = result.held == output ? WEFT_OP_COPY : WEFT_OP_CAST
      steps.append(
        Step(
          opcode: opcode, type: result.held, to: output, target: .output, sources: [result.slot]))
    }
  }

  /// For each register, the machine's register that it gets: one that nobody reads any more where
  /// there is one, so that a long chain stays in the first cache.
  private func allocation() -> [Int] {
    var lastRead: [Slot: Int] = [:]
    for (i, step) in steps.enumerated() {
      for source in step.sources { lastRead[source] = i }
    }
    var allocation = [Int](repeating: 0, count: registers)
    var free: [Int] = []
    var used = 0
    for (i, step) in steps.enumerated() {
      if case .register(let target) = step.target {
        if let reused = free.popLast() {
          allocation[target] = reused
        } else {
          allocation[target] = used
          used += 1
        }
      }
      // Only after the target is chosen: an instruction doesn't write what it reads.
      for source in Set(step.sources) where lastRead[source] == i {
        if case .register(let register) = source { free.append(allocation[register]) }
      }
    }
    return allocation
  }

  private func code() -> ElementwiseCode {
    let allocation = allocation()
    let registers = (allocation.max() ?? -1) + 1
    func number(_ slot: Slot) -> UInt16 {
      switch slot {
      case .input(let i): UInt16(i)
      case .constant(let i): UInt16(inputs.count + i)
      case .register(let i): UInt16(inputs.count + zeros.count + allocation[i])
      case .output: UInt16(inputs.count + zeros.count + registers)
      }
    }
    let instructions = steps.map { step in
      let sources = step.sources.map(number) + [0, 0, 0]
      return weft_instruction(
        opcode: step.opcode, type: step.type.kernelType, to: step.to.kernelType,
        dst: number(step.target), a: sources[0], b: sources[1], c: sources[2],
        call: step.function?.call, context: step.function?.context.pointer)
    }
    let constants = zeros.map { weft_constant(type: $0.kernelType, number: 0, integer: 0) }
    return ElementwiseCode(
      instructions: instructions, inputs: inputs.map(\.kernelType), constants: constants,
      registers: registers, output: output.kernelType,
      keeping: steps.compactMap { $0.function?.context.owner })
  }
}

extension DType {
  /// f16 and bf16, which arithmetic widens to f32.
  var is16Bit: Bool { self == .f16 || self == .bf16 }
}
