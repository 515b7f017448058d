import CKernels
import Compiler
import Executor
import IR
import Tensors
import Testing

/// Runs an op's kernel on every instruction set of this machine and compares it with the op's
/// reference.
///
/// Each buffer ends at a page that faults; results start as NaN; all tiles at once, and each tile
/// alone in another order, must give the same bytes. An op that may write over an operand is run
/// in place, too; and one with weights once more with weights that a file holds, before and after they
/// are packed.
enum KernelHarness {
  /// How far a kernel's reals may be from the reference's.
  struct Tolerance {
    /// As a share of the reference.
    var relative: Double
    /// Whatever the reference.
    var absolute: Double

    /// A few units in the last place of `dtype`.
    static func standard(_ dtype: DType) -> Tolerance {
      switch dtype {
      case .f32: Tolerance(relative: 2e-6, absolute: 1e-6)
      case .f16: Tolerance(relative: 2e-3, absolute: 1e-5)
      case .bf16: Tolerance(relative: 1.6e-2, absolute: 1e-5)
      case .i32, .i64, .bool: exact
      }
    }

    /// The same value.
    static let exact = Tolerance(relative: 0, absolute: 0)
  }

  /// The kernels that this machine can run.
  static let tables: [KernelTable] = [
    WEFT_ISA_PORTABLE, WEFT_ISA_NEON, WEFT_ISA_AVX2, WEFT_ISA_AVX512,
  ].compactMap { weft_kernels_for($0) }.map { KernelTable(functions: $0) }

  /// The same, with every way to multiply bytes that they have.
  static let int8Tables: [KernelTable] = tables.flatMap { table in
    [false, true].compactMap { dot in
      weft_int8_kernels_for(table.functions.pointee.isa, dot).map {
        KernelTable(functions: table.functions, int8: $0)
      }
    }
  }

  /// Those that have products in bf16.
  static let bf16Tables: [KernelTable] = tables.filter { $0.bf16 != nil }

  /// The same, with every product of blocks that they have.
  static let blockTables: [KernelTable] = tables.flatMap { table in
    [false, true].compactMap { dot in
      weft_block_kernels_for(table.functions.pointee.isa, dot).map {
        KernelTable(functions: table.functions, blocks: $0)
      }
    }
  }

  /// Checks `op` on `operands`. Those at positions in `constants` are known when the kernel is made.
  static func check(
    _ op: some KernelProviding & Evaluable, _ operands: [Tensor], constants: Set<Int> = [],
    tolerance: Tolerance? = nil, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    try check(
      op, operands,
      stored: operands.indices.map { constants.contains($0) ? .dense(operands[$0]) : nil },
      expected: try op.evaluate(operands), on: tables, tolerance: tolerance,
      sourceLocation: sourceLocation)
  }

  /// Checks `op` on `operands` against `expected`, where `stored` says what is known of each before
  /// the run.
  static func check(
    _ op: some KernelProviding, _ operands: [Tensor], stored: [StoredWeight?], expected: [Tensor],
    on tables: [KernelTable], tolerance: Tolerance? = nil,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let types = try op.resultTypes(operands.map(\.type))
    #expect(expected.map(\.type) == types, "the reference's types", sourceLocation: sourceLocation)
    for table in tables {
      let request = KernelRequest(
        operands: operands.map(\.type), results: types, stored: stored, table: table,
        packed: PackedWeights())
      let binding = try op.makeKernel(request)
      request.packed.finish()
      let run = Run(op: op, binding: binding, operands: operands, types: types)
      let results = run.all()
      for (i, (result, reference)) in zip(results, expected).enumerated() {
        let difference = firstDifference(
          result, reference, tolerance ?? .standard(reference.dtype))
        if let difference {
          Issue.record(
            "\(binding.kernel.name), result \(i) of \(operands.map(\.type)): \(difference)",
            sourceLocation: sourceLocation)
        }
      }
      let bytes = results.map(\.bytesOfElements)
      let waiting = try complaints(
        about: bytes, op, operands, types, try stored.map { try $0?.mapped() }, table)
      for complaint in run.complaints(about: bytes) + waiting {
        Issue.record(
          "\(binding.kernel.name) of \(operands.map(\.type)): \(complaint)",
          sourceLocation: sourceLocation)
      }
    }
  }

  /// What is wrong with weights that wait to be packed, given the right bytes.
  private static func complaints(
    about expected: [[UInt8]], _ op: some KernelProviding, _ operands: [Tensor],
    _ types: [TensorType], _ stored: [StoredWeight?], _ table: KernelTable
  ) throws -> [String] {
    guard stored.contains(where: { $0 != nil }) else { return [] }
    let request = KernelRequest(
      operands: operands.map(\.type), results: types, stored: stored, table: table,
      packed: PackedWeights())
    let binding = try op.makeKernel(request)
    request.packed.finish()
    let run = Run(op: op, binding: binding, operands: operands, types: types)
    let before = run.complaints(about: expected).map { "as stored: \($0)" }
    request.packed.settle()
    return before + run.complaints(about: expected).map { "packed later: \($0)" }
  }

  /// The first element that differs by more than `tolerance`, in words.
  static func firstDifference(
    _ result: Tensor, _ reference: Tensor, _ tolerance: Tolerance
  ) -> String? {
    for i in 0..<reference.count {
      let (a, b) = (result.double(at: i), reference.double(at: i))
      if reference.dtype.isFloatingPoint {
        if a == b || (a.isNaN && b.isNaN) { continue }
        if (a - b).magnitude <= tolerance.relative * b.magnitude + tolerance.absolute { continue }
      } else if result.integer(at: i) == reference.integer(at: i) {
        continue
      }
      return "element \(i) is \(a), the reference says \(b)"
    }
    return nil
  }
}

extension Tensor {
  /// A copy of the elements' memory.
  var bytesOfElements: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// One kernel on one set of operands.
private struct Run {
  let op: any Op
  let binding: KernelBinding
  let operands: [Tensor]
  let types: [TensorType]

  private func memoryForResults() -> [GuardedMemory] {
    types.enumerated().map { i, type in
      if i == 0, let op = op as? any Updating { return GuardedMemory(operands[op.updatedOperand]) }
      return GuardedMemory(
        byteCount: type.shape.values?.reduce(type.dtype.byteCount, *) ?? 0)
    }
  }

  /// Runs these tiles in this order on these buffers.
  private func run(_ tiles: [Range<Int>], inputs: [GuardedMemory], outputs: [GuardedMemory]) {
    let kernel = binding.kernel
    let pointers = (inputs + outputs).map(\.base)
    // Workers' scratch is aligned, and holds what the kernel before left there.
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: kernel.scratchByteCount + 64, alignment: 64)
    scratch.initializeMemory(as: UInt8.self, repeating: 0xFF, count: kernel.scratchByteCount + 64)
    defer { scratch.deallocate() }
    var fault = -1
    pointers.withUnsafeBufferPointer { pointers in
      guard let base = pointers.baseAddress else { return }
      for tiles in tiles {
        kernel.run(
          tiles: tiles, io: KernelIO(pointers: base, scratch: scratch, fault: &fault))
      }
    }
  }

  private func inputs() -> [GuardedMemory] { binding.operands.map { GuardedMemory(operands[$0]) } }

  /// The results of all tiles in one call.
  func all() -> [Tensor] {
    let outputs = memoryForResults()
    run([0..<binding.kernel.tiles], inputs: inputs(), outputs: outputs)
    return zip(outputs, types).compactMap { memory, type in
      try? Tensor(
        dtype: type.dtype, dims: type.shape.values ?? [],
        storage: Storage(borrowing: memory.base, byteCount: memory.byteCount, from: memory))
    }
  }

  /// What else is wrong, given the right bytes.
  func complaints(about expected: [[UInt8]]) -> [String] {
    var complaints: [String] = []
    let (inputs, outputs) = (inputs(), memoryForResults())
    let shuffled = (0..<binding.kernel.tiles).map { $0..<$0 + 1 }.reversed()
    run(Array(shuffled), inputs: inputs, outputs: outputs)
    if outputs.map(\.bytes) != expected { complaints.append("single tiles give other bytes") }
    if !(inputs + outputs).allSatisfy(\.isIntact) {
      complaints.append("wrote before the start of a buffer")
    }
    if inputs.map(\.bytes) != binding.operands.map({ operands[$0].bytesOfElements }) {
      complaints.append("an operand changed")
    }
    guard let overwriting = op as? any InPlace else { return complaints }
    for position in overwriting.overwritableOperands {
      guard let input = binding.operands.firstIndex(of: position),
        operands[position].type == types[0]
      else { continue }
      let buffers = self.inputs()
      var outputs = memoryForResults()
      outputs[0] = buffers[input]
      run([0..<binding.kernel.tiles], inputs: buffers, outputs: outputs)
      if outputs.map(\.bytes) != expected {
        complaints.append("in place of operand \(position) gives other bytes")
      }
    }
    return complaints
  }
}
