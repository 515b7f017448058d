import Compiler
import IR
import Tensors

/// A linear layer with what usually follows it:
/// y = activation(scale · x·Wᵀ + bias) ⊙ multiplier + residual.
///
/// x [..., inputs] · weight [outputs, inputs] → [..., outputs]; `transposed` takes the weight as
/// [inputs, outputs], as GPT-2 stores it. bias [outputs]; multiplier and residual have the result's
/// shape.
public struct Linear: Op {
  public static let signature = OpSignature(
    "linear", "activation(scale · x·Wᵀ + bias) ⊙ multiplier + residual.",
    category: .matrixProduct,
    operands: [
      .required("x"), .required("weight"), .optional("bias"), .optional("multiplier"),
      .optional("residual"),
    ],
    attributes: [
      .init("transposed", .bool, default: .bool(false)), .activation,
      .init("scale", .double, default: .double(1)),
    ])

  /// Whether a bias is the operand after the weight.
  public var hasBias: Bool
  /// Whether a multiplier is the operand after those before.
  public var hasMultiplier: Bool
  /// Whether a residual is the last operand.
  public var hasResidual: Bool
  /// Whether the weight is stored [inputs, outputs].
  public var transposed: Bool
  /// The function applied after the bias.
  public var activation: Activation
  /// The factor of the product.
  public var scale: Double

  /// A layer with the given parts.
  public init(
    bias: Bool = false, multiplier: Bool = false, residual: Bool = false, transposed: Bool = false,
    activation: Activation = .none, scale: Double = 1
  ) {
    hasBias = bias
    hasMultiplier = multiplier
    hasResidual = residual
    self.transposed = transposed
    self.activation = activation
    self.scale = scale
  }

  public init(_ attributes: Attributes) throws(OpError) {
    hasBias = try attributes.bool("bias")
    hasMultiplier = try attributes.bool("multiplier")
    hasResidual = try attributes.bool("residual")
    transposed = try attributes.bool("transposed")
    activation = try attributes.choice("activation")
    scale = try attributes.double("scale")
  }

  public var attributes: Attributes {
    [
      "bias": .bool(hasBias), "multiplier": .bool(hasMultiplier), "residual": .bool(hasResidual),
      "transposed": .bool(transposed), "activation": .string(activation.rawValue),
      "scale": .double(scale),
    ]
  }

  /// The position of the bias, where there is one.
  public var biasPosition: Int? { hasBias ? 2 : nil }

  /// The position of the multiplier, where there is one.
  public var multiplierPosition: Int? { hasMultiplier ? 2 + (hasBias ? 1 : 0) : nil }

  /// The position of the residual, where there is one.
  public var residualPosition: Int? { hasResidual ? operandCount - 1 : nil }

  private var operandCount: Int {
    2 + [hasBias, hasMultiplier, hasResidual].reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: operandCount)
    let result = try operands.linearResult(x: 0, weight: 1, transposed: transposed)
    if let biasPosition {
      try operands.checkVector(
        biasPosition, along: 1, axis: transposed ? 1 : 0, rule: "a bias for each output")
    }
    if let multiplierPosition {
      guard operands[multiplierPosition].shape == result.shape else {
        throw .shape(operand: multiplierPosition, rule: "a multiplier of the result's shape")
      }
      try operands.checkReal(multiplierPosition)
    }
    if let residualPosition {
      guard operands[residualPosition].shape == result.shape else {
        throw .shape(operand: residualPosition, rule: "a residual of the result's shape")
      }
      try operands.checkReal(residualPosition)
    }
    return [result]
  }
}

extension [TensorType] {
  /// The type of x · Wᵀ for a linear layer.
  func linearResult(x: Int, weight: Int, transposed: Bool) throws(OpError) -> TensorType {
    try checkReal(x)
    try checkReal(weight)
    try check(x, rankAtLeast: 1)
    try check(weight, rank: 2)
    try check(
      x, axis: -1, equals: weight, axis: transposed ? 0 : 1, rule: "inner dimensions that agree")
    let outputs = self[weight].extent(transposed ? 1 : 0)
    return TensorType(self[x].dtype, Shape(self[x].shape.dims.dropLast() + [outputs]))
  }
}

extension Linear: InPlace {
  public var overwritableOperands: [Int] {
    [residualPosition, multiplierPosition].compactMap { $0 }
  }
}

extension Linear: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let dims = results[0].shape.values, let inputs = operands[0].extent(-1).value else {
      return 0
    }
    let extra =
      (scale == 1 ? 0 : 1) + [hasBias, hasMultiplier, hasResidual].reduce(0) { $0 + ($1 ? 1 : 0) }
    return saturatingProduct(
      dims + [saturatingProduct([2, inputs]).saturatingAdding(activation.flops + extra)])
  }
}

extension Linear: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let y = Linear.product(operands[0], operands[1], transposed: transposed)
    return [try finish(y, operands, outputs: operands[1].dims[transposed ? 1 : 0])]
  }

  /// What becomes of the product `y`, given row after row.
  func finish(_ y: [Double], _ operands: [Tensor], outputs: Int) throws -> Tensor {
    let type = try resultTypes(operands.map(\.type))[0]
    var y = y
    for i in y.indices {
      var value = scale * y[i]
      if let biasPosition { value += operands[biasPosition].double(at: i % outputs) }
      value = activation(value)
      if let multiplierPosition { value *= operands[multiplierPosition].double(at: i) }
      if let residualPosition { value += operands[residualPosition].double(at: i) }
      y[i] = value
    }
    return try Tensor(type.dtype, dims: type.shape.values ?? [], doubles: y)
  }

  /// x · Wᵀ, row after row.
  static func product(_ x: Tensor, _ weight: Tensor, transposed: Bool) -> [Double] {
    let (inputs, outputs) = (weight.dims[transposed ? 0 : 1], weight.dims[transposed ? 1 : 0])
    let (xs, ws) = (x.doubles, weight.doubles)
    let rows = x.dims.dropLast().reduce(1, *)
    return (0..<rows * outputs).map { i in
      let (row, output) = i.quotientAndRemainder(dividingBy: outputs)
      return (0..<inputs).reduce(0.0) { sum, j in
        sum + xs[row * inputs + j]
          * ws[transposed ? j * outputs + output : output * inputs + j]
      }
    }
  }
}

extension Linear: KernelProviding {
  public func readsStored(_ operand: Int) -> Bool { operand == 1 }

  public func readsInt8(_ operand: Int, _ weight: Int8Matrix) -> Bool {
    operand == 1 && QuantizedProduct.takes(weight, transposed: transposed)
  }

  public func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool {
    operand == 1 && !transposed
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let weight = request.dims(ofOperand: 1)
    let (inputs, outputs) = (weight[transposed ? 0 : 1], weight[transposed ? 1 : 0])
    let rows = request.dims(ofResult: 0).dropLast().reduce(1, *)
    let x = try binder.f32(0)
    var bias: OperandSource?
    var epilogue = GemmEpilogue(scale: Float(scale), activation: activation)
    if let biasPosition { bias = try binder.f32(biasPosition) }
    if let multiplierPosition { epilogue.multiplier = try binder.f32(multiplierPosition) }
    if let residualPosition { epilogue.residual = try binder.f32(residualPosition) }
    let side = try binder.rightSide(1, depth: inputs, columns: outputs, transposed: !transposed)
    let part = LinearPart(weight: side, columns: outputs, bias: bias, result: 0)
    let kernel = binder.linearKernel(
      [part], rows: rows, depth: inputs, x: x, transposed: !transposed, epilogue: epilogue)
    return KernelBinding(kernel, operands: binder.operands)
  }
}
