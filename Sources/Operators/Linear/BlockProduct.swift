import CKernels
import Tensors

/// What a linear layer computes where its weight is stored in blocks: the definition that kernels are
/// tested against.
///
/// Each row of x is rounded to 8 bits, 32 neighbours together (``RoundedRow``), and multiplied with the
/// reals that the blocks stand for:
///
///     y[r, j] = activation(scale · Σₖ x̃[r, k] · w[j, k] + bias[j]) ⊙ multiplier[r, j] + residual[r, j]
///
/// Here in Double. A kernel sums the products of integers of 32 (q6_k: 16) neighbours exactly, and what
/// they are scaled to in f32.
public enum BlockProduct {
  /// x̃ · Wᵀ, row after row; x is [..., inputs], `weight` [outputs, inputs].
  public static func evaluate(_ x: Tensor, _ weight: BlockMatrix) throws -> [Double] {
    let (inputs, outputs) = (weight.columns, weight.rows)
    let rows = x.dims.dropLast().reduce(1, *)
    let (xs, w) = (x.floats, try weight.dense().doubles)
    var y: [Double] = []
    y.reserveCapacity(rows * outputs)
    for r in 0..<rows {
      let row = RoundedRow(xs[r * inputs..<(r + 1) * inputs]).values
      for j in 0..<outputs {
        y.append((0..<inputs).reduce(0.0) { $0 + row[$1] * w[j * inputs + $1] })
      }
    }
    return y
  }

  /// A row of activations in 8 bits, 32 neighbours with one scale.
  ///
  /// In f32, each operation rounded to nearest even, for each 32:
  ///
  ///     most = max |x|, scale = most / 127, q[k] = round(x[k] · (127 / most)), x̃[k] = scale · q[k]
  ///
  /// 32 whose largest magnitude is below 2⁻¹¹⁰ count as zeros; where NaN or an infinity is among
  /// them, all are NaN.
  public struct RoundedRow: Sendable {
    /// How many neighbours have one scale.
    public static let neighbours = 32
    /// Magnitudes below this count as zero: their inverse might be no finite number.
    public static let smallestMagnitude: Float = 0x1p-110

    /// What the bytes stand for.
    public let values: [Double]

    /// `row`, whole 32s, in 8 bits.
    public init(_ row: some RandomAccessCollection<Float>) {
      let row = Array(row)
      values = stride(from: 0, to: row.count, by: Self.neighbours).flatMap { start in
        let part = row[start..<start + Self.neighbours]
        guard part.allSatisfy(\.isFinite) else { return part.map { _ in Double.nan } }
        let most = part.reduce(Float(0)) { Swift.max($0, $1.magnitude) }
        guard most >= Self.smallestMagnitude else { return part.map { _ in 0 } }
        let (scale, inverse) = (most / 127, 127 / most)
        return part.map { Double(scale) * Double(($0 * inverse).rounded(.toNearestOrEven)) }
      }
    }
  }
}

extension Linear {
  /// The reference where the weight is stored in blocks: `operands` are the layer's, of which the
  /// weight isn't looked at.
  public func evaluate(_ operands: [Tensor], weight: BlockMatrix) throws -> [Tensor] {
    let y = try BlockProduct.evaluate(operands[0], weight)
    return [try finish(y, operands, outputs: weight.rows)]
  }
}

extension BlockFormat {
  /// The format's name in the C kernels.
  var kernelValue: weft_block_format {
    switch self {
    case .q8_0: WEFT_Q8_0
    case .q4_0: WEFT_Q4_0
    case .q4_1: WEFT_Q4_1
    case .q5_0: WEFT_Q5_0
    case .q5_1: WEFT_Q5_1
    case .q4_k: WEFT_Q4_K
    case .q5_k: WEFT_Q5_K
    case .q6_k: WEFT_Q6_K
    }
  }
}
