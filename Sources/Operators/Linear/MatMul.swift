import Compiler
import IR
import Tensors

/// Matrix product over the last two axes: y[…, i, j] = Σₖ a[…, i, k] · b[…, k, j].
///
/// a [..., n, k] · b [..., k, m] → [..., n, m]; the leading axes broadcast. `transpose_a` takes a as
/// [..., k, n], `transpose_b` takes b as [..., m, k].
public struct MatMul: Op {
  public static let signature = OpSignature(
    "matmul", "Matrix product over the last two axes; leading axes broadcast.",
    category: .matrixProduct, operands: [.required("a"), .required("b")],
    attributes: [
      .init("transpose_a", .bool, default: .bool(false)),
      .init("transpose_b", .bool, default: .bool(false)),
    ])

  /// Whether a is given with its last two axes swapped.
  public var transposesA: Bool
  /// Whether b is given with its last two axes swapped.
  public var transposesB: Bool

  /// A product of operands as they stand, or with swapped axes.
  public init(transposesA: Bool = false, transposesB: Bool = false) {
    self.transposesA = transposesA
    self.transposesB = transposesB
  }

  public init(_ attributes: Attributes) throws(OpError) {
    transposesA = try attributes.bool("transpose_a")
    transposesB = try attributes.bool("transpose_b")
  }

  public var attributes: Attributes {
    ["transpose_a": .bool(transposesA), "transpose_b": .bool(transposesB)]
  }

  /// The axes that are summed over, counted from the last.
  private var inner: (a: Int, b: Int) { (transposesA ? -2 : -1, transposesB ? -1 : -2) }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 2)
    for i in 0..<2 {
      try operands.checkReal(i)
      try operands.check(i, rankAtLeast: 2)
    }
    try operands.check(
      0, axis: inner.a, equals: 1, axis: inner.b, rule: "inner dimensions that agree")
    let (a, b) = (operands[0], operands[1])
    let leading = Shape(Array(a.shape.dims.dropLast(2)))
      .broadcast(with: Shape(Array(b.shape.dims.dropLast(2))))
    guard let leading else { throw .broadcast(0, 1) }
    let last = [a.extent(transposesA ? -1 : -2), b.extent(transposesB ? -2 : -1)]
    return [TensorType(a.dtype, Shape(leading.dims + last))]
  }
}

extension MatMul: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let result = results[0].shape.values, let k = operands[0].extent(inner.a).value else {
      return 0
    }
    return saturatingProduct(result + [k, 2])
  }
}

extension MatMul: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let (a, b) = (operands[0], operands[1])
    let type = try resultTypes(operands.map(\.type))[0]
    let dims = type.shape.values ?? []
    let (n, m) = (dims[dims.count - 2], dims[dims.count - 1])
    let k = a.dims[a.dims.count + inner.a]
    let offsets = MatMul.batchOffsets(a.dims, b.dims, dims)
    let (av, bv) = (a.doubles, b.doubles)
    var result: [Double] = []
    result.reserveCapacity(offsets.a.count * n * m)
    for (oa, ob) in zip(offsets.a, offsets.b) {
      for i in 0..<n {
        for j in 0..<m {
          var sum = 0.0
          for l in 0..<k {
            sum +=
              av[oa + (transposesA ? l * n + i : i * k + l)]
              * bv[ob + (transposesB ? j * k + l : l * m + j)]
          }
          result.append(sum)
        }
      }
    }
    return [try Tensor(type.dtype, dims: dims, doubles: result)]
  }

  /// Where the matrices of each batch start in `a` and `b`, in elements.
  static func batchOffsets(_ a: [Int], _ b: [Int], _ result: [Int]) -> (a: [Int], b: [Int]) {
    let leading = Array(result.dropLast(2))
    let count = leading.reduce(1, *)
    func offsets(_ dims: [Int]) -> [Int] {
      let own = Array(repeating: 1, count: result.count - dims.count) + dims
      let size = own.suffix(2).reduce(1, *)
      return (0..<count).map { batch in
        var (rest, stride, offset) = (batch, size, 0)
        for axis in leading.indices.reversed() {
          let index = rest % leading[axis]
          rest /= leading[axis]
          if own[axis] != 1 { offset += index * stride }
          stride *= own[axis]
        }
        return offset
      }
    }
    return (offsets(a), offsets(b))
  }
}

extension MatMul: KernelProviding {
  public func readsStored(_ operand: Int) -> Bool { operand == 1 }

  public func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool {
    operand == 1 && weight.isTransposed != transposesB && !transposesA
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32, request.operands[1].dtype.isFloatingPoint else {
      throw binder.unsupported
    }
    let (a, b, dims) = (
      request.dims(ofOperand: 0), request.dims(ofOperand: 1), request.dims(ofResult: 0)
    )
    let depth = a[a.count + inner.a]
    let (rows, columns) = (dims[dims.count - 2], dims[dims.count - 1])
    let x = try binder.f32(0)
    if let matrix = request.blocks(1) {
      let packed = try request.packedMatrix(
        matrix, mayWait: binder.mayWait(packsFast: matrix.format == .q8_0))
      let kernel = BlockGemm.kernel(
        table: request.table, rows: dims.dropLast().reduce(1, *), depth: depth, x: x,
        segments: [.init(packed: packed, columns: columns, bias: nil, result: binder.result())],
        epilogue: GemmEpilogue())
      return KernelBinding(kernel, operands: binder.operands)
    }
    if let weight = request.constants[1], !transposesA, b.dropLast(2).allSatisfy({ $0 == 1 }) {
      let packed = try request.packedMatrix(
        weight, depth: depth, columns: columns, transposed: transposesB,
        mayWait: binder.mayWait(packsFast: weight.dtype.byteCount == 2))
      let kernel = PackedGemmKernel(
        table: request.table, rows: dims.dropLast().reduce(1, *), depth: depth, x: x,
        segments: [.init(packed: packed, columns: columns, bias: nil, result: binder.result())],
        epilogue: GemmEpilogue())
      return KernelBinding(kernel, operands: binder.operands)
    }
    let offsets = MatMul.batchOffsets(a, b, dims)
    let right = binder.any(1)
    let kernel = BatchedGemmKernel(
      table: request.table, rows: rows, depth: depth, columns: columns,
      left: .init(source: x, type: .f32, transposed: transposesA, offsets: offsets.a),
      right: .init(
        source: right, type: request.operands[1].dtype, transposed: transposesB,
        offsets: offsets.b),
      bias: nil, epilogue: GemmEpilogue(), result: binder.result())
    return KernelBinding(kernel, operands: binder.operands)
  }
}
