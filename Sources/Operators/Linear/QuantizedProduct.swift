import Tensors

/// What a linear layer computes where its weight is stored as 8-bit integers: the definition that
/// kernels are tested against.
///
/// Each row of x is rounded to 8 bits on its own (``QuantizedRow``), and integers are multiplied:
///
///     y[r, j] = activation(scale · sₓ[r] · s_w[j] · (Σₖ qₓ[r, k] · q_w[j, k] − zero[r] · Σₖ q_w[j, k])
///                          + bias[j]) ⊙ multiplier[r, j] + residual[r, j]
///
/// Sums of integers are exact; what follows is real arithmetic, here in Double.
public enum QuantizedProduct {
  /// Inputs of a layer beyond which a sum of products might leave an i32: 2¹⁶ · 255 · 128 doesn't.
  /// Layers with more are computed with widened weights.
  public static let mostInputs = 1 << 16

  /// Whether kernels multiply integers for a weight that the layer reads `transposed` or not: each
  /// output must have one scale.
  public static func takes(_ weight: Int8Matrix, transposed: Bool) -> Bool {
    weight.scaled == (transposed ? .columns : .rows)
      && (transposed ? weight.rows : weight.columns) <= mostInputs
  }

  /// x · Wᵀ, row after row; x is [..., inputs], `weight` [outputs, inputs] or `transposed`.
  public static func evaluate(
    _ x: Tensor, _ weight: Int8Matrix, transposed: Bool = false
  ) -> [Double] {
    let (inputs, outputs) =
      transposed ? (weight.rows, weight.columns) : (weight.columns, weight.rows)
    let rows = x.dims.dropLast().reduce(1, *)
    let (xs, scales, q) = (x.floats, weight.scales.doubles, weight.pointer)
    var y: [Double] = []
    y.reserveCapacity(rows * outputs)
    for r in 0..<rows {
      let row = QuantizedRow(xs[r * inputs..<(r + 1) * inputs])
      for j in 0..<outputs {
        var (sum, column) = (0, 0)
        for k in 0..<inputs {
          let w = Int(q[transposed ? k * outputs + j : j * inputs + k])
          sum += Int(row.values[k]) * w
          column += w
        }
        y.append(Double(row.scale) * scales[j] * Double(sum - Int(row.zero) * column))
      }
    }
    withExtendedLifetime(weight.storage) {}
    return y
  }
}

/// A row of activations in 8 bits: x[k] ≈ scale · (values[k] − zero).
///
/// In f32, each operation rounded to nearest even:
///
///     low = min(0, min x), high = max(0, max x), range = high − low
///     scale = range / 255, inverse = 255 / range
///     zero = round(−low · inverse), values[k] = clamp(round(x[k] · inverse) + zero, 0, 255)
///
/// so that 0 is exact. A row whose range is below 2⁻¹¹⁰ counts as zeros: scale 0. A row that holds NaN
/// or an infinity, or whose range is none of f32, has scale NaN, and so is all that is made of it.
public struct QuantizedRow: Sendable {
  /// Ranges below this count as zero: their inverse would be no finite number.
  public static let smallestRange: Float = 0x1p-110

  /// What one step of `values` is worth.
  public let scale: Float
  /// What stands for 0.
  public let zero: UInt8
  /// The rounded elements.
  public let values: [UInt8]

  /// `row` in 8 bits.
  public init(_ row: some RandomAccessCollection<Float>) {
    let low = row.reduce(Float(0)) { Swift.min($0, $1) }
    let high = row.reduce(Float(0)) { Swift.max($0, $1) }
    let range = high - low
    guard row.allSatisfy(\.isFinite), range.isFinite else {
      (scale, zero, values) = (.nan, 0, Array(repeating: 0, count: row.count))
      return
    }
    guard range >= Self.smallestRange else {
      (scale, zero, values) = (0, 0, Array(repeating: 0, count: row.count))
      return
    }
    let inverse = 255 / range
    let zero = (-low * inverse).rounded(.toNearestOrEven)
    scale = range / 255
    self.zero = UInt8(zero)
    values = row.map {
      UInt8(Swift.min(Swift.max(($0 * inverse).rounded(.toNearestOrEven) + zero, 0), 255))
    }
  }
}

extension Linear {
  /// The reference where the weight is stored as 8-bit integers: `operands` are the layer's, of which
  /// the weight isn't looked at.
  public func evaluate(_ operands: [Tensor], weight: Int8Matrix) throws -> [Tensor] {
    let outputs = transposed ? weight.columns : weight.rows
    let y = QuantizedProduct.evaluate(operands[0], weight, transposed: transposed)
    return [try finish(y, operands, outputs: outputs)]
  }
}
