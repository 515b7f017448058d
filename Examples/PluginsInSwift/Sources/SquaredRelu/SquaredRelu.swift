import WeftPlugin

/// max(x, 0)²: the activation of Primer (So et al. 2021, arXiv:2109.08668).
///
/// An elementwise op: broadcasting, kernel, cost and the place in chains come from what happens to a block of
/// elements.
struct SquaredRelu: ElementwiseOp, PlainOp {
  static let signature = OpSignature.unary(
    "squared_relu", "The square of the rectified linear unit, max(x, 0)².", category: .activation)

  /// Made once: it holds the code that plans call.
  private static let code = ScalarFunction.foreign(
    .block(flops: 2) { x, y, count in
      for i in 0..<count {
        let positive = max(x[i], 0)
        y[i] = positive * positive
      }
    } reference: {
      max($0, 0) * max($0, 0)
    })

  init() {}

  var function: ScalarFunction { Self.code }
}
