import Compiler
import IR
import Tensors

/// Sine and cosine of positions at falling frequencies (Vaswani et al., 2017):
/// y[p, 2i] = sin(p / base^(2i/width)), y[p, 2i + 1] = cos(p / base^(2i/width)).
///
/// → f32[count, width]; the width is even. Not `interleaved`: all sines, then all cosines.
public struct SinusoidalPositions: Op {
  public static let signature = OpSignature(
    "sinusoidal_positions", "Sine and cosine of positions at falling frequencies.",
    category: .position, operands: [],
    attributes: [
      .init("count", .dim), .init("width", .int), .init("base", .double, default: .double(10000)),
      .init("interleaved", .bool, default: .bool(true)),
    ])

  /// The number of positions.
  public var count: Dim
  /// Elements for each position.
  public var width: Int
  /// What the slowest wave is longer by than the fastest.
  public var base: Double
  /// Whether sines and cosines alternate.
  public var interleaved: Bool

  /// Positions 0 ..< count.
  public init(
    count: Dim, width: Int, base: Double = 10000, interleaved: Bool = true
  ) throws(OpError) {
    self.count = count
    self.width = width
    self.base = base
    self.interleaved = interleaved
    guard width > 0, width % 2 == 0 else {
      throw .attributeRange("width", rule: "an even number above 0")
    }
    guard base > 0, base.isFinite else { throw .attributeRange("base", rule: "a number above 0") }
    if let known = count.value, known < 0 {
      throw .attributeRange("count", rule: "0 or more positions")
    }
  }

  public init(_ attributes: Attributes) throws(OpError) {
    try self.init(
      count: try attributes.dim("count"), width: try attributes.int("width"),
      base: try attributes.double("base"), interleaved: try attributes.bool("interleaved"))
  }

  public var attributes: Attributes {
    [
      "count": .dim(count), "width": .int(width), "base": .double(base),
      "interleaved": .bool(interleaved),
    ]
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 0)
    return [TensorType(.f32, [count, Dim(width)])]
  }

  /// The element `j` at position `p`.
  func value(_ p: Int, _ j: Int) -> Double {
    let wave = interleaved ? j / 2 : j % (width / 2)
    let isSine = interleaved ? j % 2 == 0 : j < width / 2
    let angle = Double(p) / Math.pow(base, Double(2 * wave) / Double(width))
    return isSine ? Math.sin(angle) : Math.cos(angle)
  }
}

extension SinusoidalPositions: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let rows = count.value ?? 0
    let values = (0..<rows).flatMap { p in (0..<width).map { value(p, $0) } }
    return [try Tensor(.f32, dims: [rows, width], doubles: values)]
  }
}

extension SinusoidalPositions: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let dims = request.dims(ofResult: 0)
    let layout = "sinusoidal-\(dims)-\(base)-\(interleaved)"
    let result = try request.shared(
      layout, of: Float.self, count: saturatingProduct(dims)
    ) { out in
      for p in 0..<dims[0] {
        for j in 0..<width { out[p * width + j] = Float(value(p, j)) }
      }
    }
    return KernelBinding(
      HeldResultKernel(name: "f32-sinusoidal_positions-held", result: result), operands: [])
  }
}
