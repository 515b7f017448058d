import Foundation

/// Why a model can't be quantized.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
  /// No weight is read by linear layers alone.
  case nothingToQuantize(model: String)
  /// A pattern of `--keep` names no weight.
  case unknownPattern(String, nearest: [String])
  /// A weight holds NaN or an infinity.
  case notFinite(weight: String, index: Int, value: Float)
  /// A weight holds a number that 16 bits don't.
  case tooLarge(weight: String, index: Int, value: Float)
  /// There is something at the output's path.
  case exists(String)
  /// There is something at the output's path that no one quantized.
  case notOurs(String)
  /// A folder that was written before holds more by now.
  case foreignFiles(String, [String])
  /// An imported file stands outside the graph file's folder.
  case outside(String)
  /// The copied graph file isn't whole without the original's folder.
  case notAlone([String])
  /// Two files would have one name.
  case collision(String)
  /// The smallest forms of all weights take more than the budget.
  case budget(bytes: Int, least: Int)
  /// A GGUF file is written of a model that wasn't one.
  case notFromGGUF(String)
  /// Texts are given for a model that doesn't read texts.
  case noTexts(entry: String, inputs: [String])

  public var description: String {
    switch self {
    case .nothingToQuantize(let model):
      "model '\(model)' has no weight that only linear layers read: there is nothing to quantize"
    case .unknownPattern(let pattern, let nearest):
      "--keep '\(pattern)' names no weight and no layer"
        + (nearest.isEmpty ? "" : "; the nearest are \(nearest.joined(separator: ", "))")
    case .notFinite(let weight, let index, let value):
      "weight '\(weight)' can't be quantized: element \(index) is \(value)"
    case .tooLarge(let weight, let index, let value):
      "weight '\(weight)' can't be stored in 16 bits: element \(index) is \(value), f16 ends at 65504; "
        + "give --keep '\(weight)'"
    case .exists(let path):
      "\(path) is there already; choose another folder, or give --force to replace it"
    case .notOurs(let path):
      "\(path): --force replaces empty folders and those that 'weft quantize' wrote; this is neither"
    case .foreignFiles(let path, let names):
      "\(path): --force would delete what 'weft quantize' didn't write: "
        + names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    case .outside(let file):
      "\(file): imports from outside the graph file's folder can't be copied; move the file into it"
    case .budget(let bytes, let least):
      "a budget of \(bytes) bytes is too small: the weights take \(least) bytes at least"
    case .notFromGGUF(let path):
      "\(path): a GGUF file is made of a GGUF file; name a folder to write"
    case .notAlone(let messages):
      "the graph file can't stand alone: \(messages.joined(separator: "; "))"
    case .collision(let name): "the graph and the weights both bring a file '\(name)'"
    case .noTexts(let entry, let inputs):
      "--texts needs a tokenizer beside the weights and an entry that reads input_ids; entry "
        + "'\(entry)' reads \(inputs.joined(separator: ", "))"
    }
  }
}
