import Foundation

/// A run's outputs for people: types and the first elements.
public struct OutputSummary: Sendable {
  private struct Line: Encodable {
    var name: String
    var dtype: String
    var dims: [Int]
    var first: [Double]
  }

  private let lines: [Line]

  /// A summary of `outputs`, by name.
  public init(_ outputs: [String: Tensor]) {
    lines = outputs.sorted { $0.key < $1.key }.map { name, tensor in
      Line(
        name: name, dtype: tensor.dtype.rawValue, dims: tensor.dims,
        first: (0..<min(tensor.count, 6)).map { tensor.double(at: $0) })
    }
  }

  /// A line for each output.
  public var text: String {
    lines.map { line in
      let first = line.first.map { String(format: "%.5g", $0) }.joined(separator: ", ")
      return "\(line.name): \(line.dtype)\(line.dims) = [\(first), …]"
    }.joined(separator: "\n")
  }

  /// An object for each output; numbers that JSON doesn't have are strings.
  public func json() throws -> String { try Self.json(lines) }

  /// An object with the `outputs` and, likewise, what was tapped: `taps`.
  public func json(with taps: OutputSummary) throws -> String {
    try Self.json(["outputs": lines, "taps": taps.lines])
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
