import CKernels
import Tensors

/// How many elements become one.
public enum Reduction: String, Sendable, CaseIterable {
  /// Their sum; integers wrap.
  case sum
  /// Their sum divided by their number.
  case mean
  /// The largest; NaN where there is one.
  case max
  /// The smallest; NaN where there is one.
  case min

  /// The reduction as the C kernels call it.
  var kernelReduction: weft_reduction {
    switch self {
    case .sum: WEFT_REDUCE_SUM
    case .mean: WEFT_REDUCE_MEAN
    case .max: WEFT_REDUCE_MAX
    case .min: WEFT_REDUCE_MIN
    }
  }

  /// The element types that it takes.
  var dtypes: [DType] { self == .mean ? DType.reals : DType.numbers }

  /// What it gives for nothing.
  @inline(__always)
  var realStart: Double {
    switch self {
    case .sum, .mean: 0
    case .max: -.infinity
    case .min: .infinity
    }
  }

  /// What it gives for no integers.
  @inline(__always)
  var integerStart: Int {
    switch self {
    case .sum, .mean: 0
    case .max: .min
    case .min: .max
    }
  }

  /// One more real.
  @inline(__always)
  func combine(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .sum, .mean: a + b
    case .max: a.isNaN || b.isNaN ? .nan : Swift.max(a, b)
    case .min: a.isNaN || b.isNaN ? .nan : Swift.min(a, b)
    }
  }

  /// One more integer.
  @inline(__always)
  func combine(_ a: Int, _ b: Int) -> Int {
    switch self {
    case .sum, .mean: a &+ b
    case .max: Swift.max(a, b)
    case .min: Swift.min(a, b)
    }
  }
}
