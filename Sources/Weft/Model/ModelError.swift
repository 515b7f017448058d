import Foundation

/// Why a model can't do what it was asked.
public enum ModelError: Error, CustomStringConvertible {
  /// The model was made without weights.
  case noWeights(String)
  /// There is no entry of that name.
  case unknownEntry(String, known: [String])
  /// Inputs are missing.
  case missingInputs([String], given: [String])
  /// An input has another type than the model asks for.
  case inputType(name: String, expected: TensorType, found: TensorType)
  /// Two inputs, or two axes of one, give a symbol different values.
  case conflictingDimension(symbol: String, first: Int, second: Int, input: String)
  /// An input's number doesn't fit its type.
  case inputRange(name: String, value: Int)
  /// A dimension is given that the entry doesn't have, or one is missing.
  case dimensions(missing: [String], unknown: [String], known: [String])
  /// A run takes more memory than there is.
  case memory(needed: Int, limit: Int, bindings: Bindings)
  /// A step found data without a result.
  case fault(origin: Origin, op: String, message: String)
  /// The file's name doesn't end in a format.
  case pictureFormat(String)
  /// A profile isn't written to a file of that name.
  case profileFormat(String, known: [String])
  /// There are no colours of that name.
  case unknownTheme(String, known: [String])

  public var description: String {
    switch self {
    case .noWeights(let name): "there is no weight '\(name)': the model was made without weights"
    case .unknownEntry(let name, let known):
      "there is no entry '\(name)'; there is \(known.joined(separator: ", "))"
    case .missingInputs(let missing, let given):
      "inputs are missing: \(missing.joined(separator: ", ")); "
        + (given.isEmpty ? "none are given" : "given are \(given.joined(separator: ", "))")
    case .inputType(let name, let expected, let found):
      "input '\(name)' must be \(expected), found \(found)"
    case .conflictingDimension(let symbol, let first, let second, let input):
      "dimension '\(symbol)' is \(first) by one input and \(second) by '\(input)'"
    case .inputRange(let name, let value): "input '\(name)': \(value) doesn't fit an i32"
    case .dimensions(let missing, let unknown, let known):
      Self.dimensions(missing, unknown, known)
    case .memory(let needed, let limit, let bindings):
      "a run with \(bindings) takes \(Self.gibibytes(needed)) GiB, this process may "
        + "take \(Self.gibibytes(limit)); give smaller dimensions"
    case .fault(let origin, let op, let message):
      (origin.location.map { "\($0): " } ?? "") + "error: '\(op)': \(message)"
    case .pictureFormat(let name):
      "\(name): the name must end in .svg, .png, .pdf, .dot, .mmd or .md"
    case .profileFormat(let name, let known):
      "\(name): the name must end in \(known.map { "." + $0 }.joined(separator: " or "))"
    case .unknownTheme(let name, let known):
      "there is no theme '\(name)'; there is \(known.joined(separator: ", "))"
    }
  }

  private static func gibibytes(_ bytes: Int) -> String {
    String(format: "%.1f", Double(bytes) / 0x1p30)
  }

  private static func dimensions(
    _ missing: [String], _ unknown: [String], _ known: [String]
  ) -> String {
    let names = known.joined(separator: ", ")
    if let first = unknown.first {
      return "there is no dimension '\(first)'; "
        + (known.isEmpty ? "this entry has none" : "there is \(names)")
    }
    let example = known.map { "\($0)=8" }.joined(separator: ",")
    return "no value for \(missing.joined(separator: ", ")); "
      + "give all dimensions, such as --bind \(example)"
  }
}
