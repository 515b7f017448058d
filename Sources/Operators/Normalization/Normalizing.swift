import CKernels
import Compiler
import Executor
import IR
import Tensors

/// What layer norm and RMS norm share: a norm of the last axis, of x or of x + residual.
protocol Normalizing: Op {
  var hasWeight: Bool { get }
  var hasBias: Bool { get }
  var hasResidual: Bool { get }
  /// Whether x + residual is a second result.
  var keepsSum: Bool { get }
  var epsilon: Double { get }
  /// The norm of one row.
  func normalize(_ row: [Double]) -> [Double]
}

extension Normalizing {
  /// The position of the weight, where there is one.
  public var weightPosition: Int? { hasWeight ? 1 : nil }

  /// The position of the bias, where there is one.
  public var biasPosition: Int? { hasBias ? (hasWeight ? 2 : 1) : nil }

  /// The position of the residual, where there is one.
  public var residualPosition: Int? { hasResidual ? operandCount - 1 : nil }

  private var operandCount: Int {
    1 + [hasWeight, hasBias, hasResidual].reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  /// Checks the attributes that hang together.
  func checkAttributes() throws(OpError) {
    if keepsSum, !hasResidual {
      throw .attributeRange("keeps_sum", rule: "there is no sum without a residual")
    }
    try checkEpsilon(epsilon)
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: operandCount)
    try operands.checkReal(0)
    let x = try operands.check(0, rankAtLeast: 1)
    if let weightPosition {
      try operands.checkVector(
        weightPosition, along: 0, axis: -1, rule: "a weight for each element of the last axis")
    }
    if let biasPosition {
      try operands.checkVector(
        biasPosition, along: 0, axis: -1, rule: "a bias for each element of the last axis")
    }
    if let residualPosition {
      try operands.checkReal(residualPosition)
      guard operands[residualPosition].shape == x.shape else {
        throw .shape(operand: residualPosition, rule: "a residual of x's shape")
      }
    }
    return keepsSum ? [x, x] : [x]
  }

  public var overwritableOperands: [Int] { [0, residualPosition].compactMap { $0 } }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let dims = results[0].shape.values else { return 0 }
    let extra = [hasWeight, hasBias, hasResidual].reduce(0) { $0 + ($1 ? 1 : 0) }
    return saturatingProduct(dims + [5 + extra])
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let dims = operands[0].dims
    let width = dims.last ?? 1
    var sum = operands[0].doubles
    if let residualPosition {
      for i in sum.indices { sum[i] += operands[residualPosition].double(at: i) }
    }
    var result: [Double] = []
    for start in stride(from: 0, to: sum.count, by: max(width, 1)) {
      for (j, value) in normalize(Array(sum[start..<start + width])).enumerated() {
        let weight = weightPosition.map { operands[$0].double(at: j) } ?? 1
        let bias = biasPosition.map { operands[$0].double(at: j) } ?? 0
        result.append(value * weight + bias)
      }
    }
    let norm = try Tensor(type.dtype, dims: dims, doubles: result)
    return keepsSum ? [norm, try Tensor(type.dtype, dims: dims, doubles: sum)] : [norm]
  }

  /// The kernel that runs `function`.
  func makeNormKernel(
    _ request: KernelRequest, _ function: NormKernel.Function
  ) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let dims = request.dims(ofOperand: 0)
    let width = dims.last ?? 1
    let x = try binder.f32(0)
    let gamma = try weightPosition.map { (i) throws(KernelError) in try binder.f32(i) }
    let beta = try biasPosition.map { (i) throws(KernelError) in try binder.f32(i) }
    let residual = try residualPosition.map { (i) throws(KernelError) in try binder.f32(i) }
    let passes = 2 + (hasResidual ? 1 : 0) + (keepsSum ? 1 : 0)
    let kernel = NormKernel(
      name: "f32-\(name)-\(request.table.name)", table: request.table, function: function, x: x,
      gamma: gamma, beta: beta, residual: residual, result: binder.result(),
      sum: keepsSum ? binder.result(1) : nil, width: width, epsilon: Float(epsilon),
      grid: RowTiles(
        rows: dims.dropLast().reduce(1, *), bytesPerRow: saturatingProduct([4 * passes, width])))
    return KernelBinding(kernel, operands: binder.operands)
  }
}

/// Refuses an epsilon below zero, or none.
func checkEpsilon(_ epsilon: Double) throws(OpError) {
  guard epsilon >= 0, epsilon.isFinite else {
    throw .attributeRange("epsilon", rule: "a number of at least 0")
  }
}

/// Norms of rows.
struct NormKernel: Kernel {
  /// Which norm.
  enum Function: Sendable { case layerNorm, rmsNorm }

  let name: String
  let table: KernelTable
  let function: Function
  let x: OperandSource
  let gamma: OperandSource?
  let beta: OperandSource?
  let residual: OperandSource?
  let result: Int
  let sum: Int?
  let width: Int
  let epsilon: Float
  let grid: RowTiles

  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_norm_args()
    args.x = x.floats(io)
    args.residual = residual?.floats(io)
    args.gamma = gamma?.floats(io)
    args.beta = beta?.floats(io)
    args.out = io[result].assumingMemoryBound(to: Float.self)
    args.sum_out = sum.map { io[$0].assumingMemoryBound(to: Float.self) }
    args.x_stride = width
    args.residual_stride = width
    args.out_stride = width
    args.sum_stride = width
    args.width = width
    args.epsilon = epsilon
    let rows = grid.rows(tiles)
    switch function {
    case .layerNorm:
      table.functions.pointee.layer_norm(&args, rows.lowerBound, rows.upperBound)
    case .rmsNorm: table.functions.pointee.rms_norm(&args, rows.lowerBound, rows.upperBound)
    }
  }
}
