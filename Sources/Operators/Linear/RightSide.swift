import Compiler
import Executor
import Tensors

/// The weight of a linear layer as its kernel reads it.
enum RightSide {
  /// Known before the run, in floats.
  case packed(PackedMatrix)
  /// Known before the run, in bytes with a scale for each output.
  case quantized(Storage)
  /// Known before the run, in blocks.
  case blocks(PackedBlocks)
  /// Given by the run.
  case unpacked(OperandSource, DType)
}

/// A linear layer among those of one x.
struct LinearPart {
  let weight: RightSide
  let columns: Int
  let bias: OperandSource?
  /// Which of the op's results it is.
  let result: Int
}

extension OperandBinder {
  /// Operand `i`, the weight of a layer; `transposed` says that it is stored [columns, depth].
  mutating func rightSide(
    _ i: Int, depth: Int, columns: Int, transposed: Bool
  ) throws(KernelError) -> RightSide {
    guard request.operands[i].dtype.isFloatingPoint else { throw unsupported }
    if let matrix = request.int8(i) {
      return .quantized(try request.packedMatrix(matrix, transposed: transposed))
    }
    if let matrix = request.blocks(i) {
      return .blocks(
        try request.packedMatrix(matrix, mayWait: mayWait(packsFast: matrix.format == .q8_0)))
    }
    guard let constant = request.constants[i] else {
      return .unpacked(any(i), request.operands[i].dtype)
    }
    return .packed(
      try request.packedMatrix(
        constant, depth: depth, columns: columns, transposed: transposed,
        mayWait: mayWait(packsFast: constant.dtype.byteCount == 2)))
  }

  /// Whether a run had better read a weight as it is stored than wait until it is packed: each block of
  /// rows packs it anew, which takes longest for forms whose packing works through them bit by bit.
  func mayWait(packsFast: Bool) -> Bool {
    packsFast || request.dims(ofOperand: 0).dropLast().reduce(1, *) <= 128
  }

  /// The kernel of `parts`, all of whose operands were bound: one that goes over those of a kind
  /// together, or several joined. A layer with an epilogue is alone.
  func linearKernel(
    _ parts: [LinearPart], rows: Int, depth: Int, x: OperandSource, transposed: Bool,
    epilogue: GemmEpilogue = GemmEpilogue()
  ) -> any Kernel {
    var floats: [GemmSegment<PackedMatrix>] = []
    var bytes: [GemmSegment<Storage>] = []
    var blocks: [GemmSegment<PackedBlocks>] = []
    var kernels: [any Kernel] = []
    for part in parts {
      func segment<Packed>(_ packed: Packed) -> GemmSegment<Packed> {
        .init(packed: packed, columns: part.columns, bias: part.bias, result: result(part.result))
      }
      switch part.weight {
      case .packed(let matrix): floats.append(segment(matrix))
      case .quantized(let storage): bytes.append(segment(storage))
      case .blocks(let packed): blocks.append(segment(packed))
      case .unpacked(let source, let type):
        kernels.append(
          BatchedGemmKernel(
            table: request.table, rows: rows, depth: depth, columns: part.columns,
            left: .init(source: x, type: .f32, transposed: false, offsets: [0]),
            right: .init(source: source, type: type, transposed: transposed, offsets: [0]),
            bias: part.bias, epilogue: epilogue, result: result(part.result)))
      }
    }
    if !bytes.isEmpty {
      kernels.append(
        QuantizedGemm.kernel(
          table: request.table, rows: rows, depth: depth, x: x, segments: bytes,
          epilogue: epilogue))
    }
    if !blocks.isEmpty {
      kernels.append(
        BlockGemm.kernel(
          table: request.table, rows: rows, depth: depth, x: x, segments: blocks,
          epilogue: epilogue))
    }
    if !floats.isEmpty {
      kernels.append(
        PackedGemmKernel(
          table: request.table, rows: rows, depth: depth, x: x, segments: floats,
          epilogue: epilogue))
    }
    return kernels.count == 1 ? kernels[0] : JoinedKernel(kernels)
  }
}
