import IR
import Tensors

/// Convolution over two axes without padding, such as the patch embedding of a vision Transformer:
/// y[n, o, i, j] = bias[o] + Σ x[n, c, s₀ i + p, s₁ j + q] · weight[o, c, p, q].
///
/// x [batch, channels, height, width] · weight [outputs, channels, kh, kw] →
/// [batch, outputs, (height − kh) / s₀ + 1, (width − kw) / s₁ + 1], rounded down. bias [outputs].
public struct Conv2D: Op {
  public static let signature = OpSignature(
    "conv2d", "Convolution over two axes without padding.", category: .matrixProduct,
    operands: [.required("x"), .required("weight"), .optional("bias")],
    attributes: [.init("stride", .ints, default: .ints([1, 1]))])

  /// Whether a bias is the last operand.
  public var hasBias: Bool
  /// Steps between two neighbouring results, on both axes.
  public var stride: [Int]

  /// A convolution with steps of `stride`, two numbers above 0.
  public init(bias: Bool = false, stride: [Int] = [1, 1]) throws(OpError) {
    hasBias = bias
    self.stride = stride
    guard stride.count == 2, stride.allSatisfy({ $0 > 0 }) else {
      throw .attributeRange("stride", rule: "two steps of at least 1")
    }
  }

  public init(_ attributes: Attributes) throws(OpError) {
    try self.init(
      bias: try attributes.bool("bias"), stride: try attributes.ints("stride"))
  }

  public var attributes: Attributes { ["bias": .bool(hasBias), "stride": .ints(stride)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: hasBias ? 3 : 2)
    for i in 0..<2 {
      try operands.checkReal(i)
      try operands.check(i, rank: 4)
    }
    try operands.check(0, axis: 1, equals: 1, axis: 1, rule: "as many channels in x and weight")
    if hasBias { try operands.checkVector(2, along: 1, axis: 0, rule: "a bias for each output") }
    let (x, weight) = (operands[0].shape.dims, operands[1].shape.dims)
    let height = try steps(x[2], weight[2], stride[0])
    let width = try steps(x[3], weight[3], stride[1])
    return [TensorType(operands[0].dtype, Shape([x[0], weight[0], height, width]))]
  }

  /// How often a window of `kernel` fits into `extent`.
  private func steps(_ extent: Dim, _ kernel: Dim, _ stride: Int) throws(OpError) -> Dim {
    guard !extent.isKnownLess(than: kernel) else {
      throw .shape(operand: 0, rule: "an image of at least the window's \(kernel)")
    }
    do {
      if let extent = extent.value, let kernel = kernel.value {
        return Dim((extent - kernel) / stride + 1)
      }
      // Without values only an exact division is known: (extent − kernel) / stride + 1.
      return try extent.subtracting(kernel).divided(exactlyBy: Dim(stride)).adding(1)
    } catch {
      throw .dim(error)
    }
  }
}

extension Conv2D: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let dims = results[0].shape.values, let weight = operands[1].shape.values else {
      return 0
    }
    return saturatingProduct(dims + weight.dropFirst() + [2])
  }
}

extension Conv2D: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let dims = type.shape.values ?? []
    let (x, w) = (operands[0].dims, operands[1].dims)
    let (xs, ws) = (operands[0].doubles, operands[1].doubles)
    var result: [Double] = []
    for n in 0..<dims[0] {
      for o in 0..<dims[1] {
        for i in 0..<dims[2] {
          for j in 0..<dims[3] {
            var sum = hasBias ? operands[2].double(at: o) : 0
            for c in 0..<x[1] {
              for p in 0..<w[2] {
                let line = ((n * x[1] + c) * x[2] + i * stride[0] + p) * x[3] + j * stride[1]
                for q in 0..<w[3] {
                  sum += xs[line + q] * ws[((o * x[1] + c) * w[2] + p) * w[3] + q]
                }
              }
            }
            result.append(sum)
          }
        }
      }
    }
    return [try Tensor(type.dtype, dims: dims, doubles: result)]
  }
}
