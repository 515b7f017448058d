/// Why 8-bit integers of a checkpoint can't stand for reals: what is wrong with their scales.
public enum ScaleFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// There are no scales.
  case missing(name: String, nearest: String?)
  /// The scales are of another type or shape than the weight takes.
  case type(name: String, expected: String, foundType: String, foundDims: [Int])
  /// A scale is NaN, infinite or below zero.
  case value(name: String, index: Int, value: Float)
  /// There are zero points, which Weft's kernels don't have.
  case zeroPoint(name: String)
  /// There are scales beside a weight that isn't one of 8-bit integers.
  case surplus(name: String, foundType: String)

  /// The message.
  public var description: String {
    switch self {
    case .missing(let name, let nearest):
      "its scales are missing: expected \(name.quotedForMessage)"
        + (nearest.map { "; the nearest name is \($0.quotedForMessage)" } ?? "")
    case .type(let name, let expected, let foundType, let foundDims):
      "its scales \(name.quotedForMessage): expected \(expected),"
        + " found \(foundType.lowercased())\(foundDims)"
    case .value(let name, let index, let value):
      "its scales \(name.quotedForMessage): expected finite numbers from 0,"
        + " found \(value) at \(index)"
    case .zeroPoint(let name):
      "expected integers without zero points, found \(name.quotedForMessage)"
        + " (quantize it symmetrically)"
    case .surplus(let name, let foundType):
      "\(name.quotedForMessage) scales it: expected an i8 matrix, found \(foundType.lowercased())"
    }
  }
}
