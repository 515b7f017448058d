/// Why a value can't be tapped.
public enum TapError: Error, Equatable, CustomStringConvertible {
  /// A pattern isn't written as one.
  case syntax(String, expected: String)
  /// A pattern names nothing.
  case unknown(String, nearest: [String])
  /// The layer is there and has no such name.
  case unknownName(String, layer: String, names: [String])
  /// A pattern names a weight.
  case weight(String)
  /// Heads are picked of what has none.
  case withoutHeads(String)
  /// An attention has no such head.
  case head(Int, of: String, heads: Int)
  /// One value is asked for twice under one name.
  case twice(String)
  /// What is tapped takes more memory than there is.
  case memory(needed: Int, limit: Int, largest: String, bytes: Int)
  /// The file's name says no format.
  case fileFormat(String)
  /// A `.npy` holds one array.
  case severalInOneArray(String, count: Int)

  public var description: String {
    switch self {
    case .syntax(let text, let expected): "--tap '\(text)': expected \(expected)"
    case .unknown(let text, let nearest):
      "--tap '\(text)' names no layer and no value of this entry"
        + (nearest.isEmpty
          ? "; --list-taps shows what there is"
          : "; did you mean \(Self.choice(nearest.map { "'\($0)'" }))?")
    case .unknownName(let text, let layer, let names):
      "--tap '\(text)': layer '\(layer)' has no such value; it has "
        + names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    case .weight(let name):
      "--tap '\(name)' is a weight, which no run changes: it stands in the checkpoint"
    case .withoutHeads(let address):
      "--tap '\(address)' has no heads to pick from; the weights and scores of an attention have"
    case .head(let head, let address, let heads):
      "'\(address)' has \(heads) head\(heads == 1 ? "" : "s"), from 0; found \(head)"
    case .twice(let address): "'\(address)' is tapped twice"
    case .memory(let needed, let limit, let largest, let bytes):
      "what is tapped takes \(Self.mebibytes(needed)) MiB, this process may take "
        + "\(Self.mebibytes(limit)); the largest is '\(largest)' with \(Self.mebibytes(bytes)) MiB: "
        + "tap less, pick heads, as in ':probabilities[0,3]', or give smaller dimensions"
    case .fileFormat(let name):
      "\(name): taps are written to a name that ends in .safetensors, .npz or .npy, or to a folder"
    case .severalInOneArray(let name, let count):
      "\(name): a .npy holds one array, and there are \(count) taps; give a .npz or a folder"
    }
  }

  private static func mebibytes(_ bytes: Int) -> Int { (bytes - 1) / (1 << 20) + 1 }

  private static func choice(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
