/// How llama.cpp names what Hugging Face's models of one kind have: tensors, configuration, and the
/// order of rows.
///
/// A new family is an entry of ``all``, mostly made of what others have.
public struct GGUFFamily: Sendable {
  /// A tensor's name without `.weight` or `.bias`, in both; `#` stands for the number of a block.
  struct Name: Sendable {
    let gguf: String
    let huggingFace: String
    let change: Change

    init(_ gguf: String, _ huggingFace: String, _ change: Change = .none) {
      (self.gguf, self.huggingFace, self.change) = (gguf, huggingFace, change)
    }
  }

  /// What llama.cpp's converter does to a tensor, and is undone.
  enum Change: Sendable {
    case none
    /// Rows of each head stand in pairs that rotary positions turn, and not in two halves; the key
    /// says how many heads there are.
    case pairedRows(heads: String)
    /// 1 is added.
    case shifted
  }

  /// A value of `config.json` and the key that has it in the metadata, after the architecture's name.
  struct Key: Sendable {
    enum Kind: Sendable { case integer, double }

    let name: String
    let gguf: String
    let kind: Kind
    let isRequired: Bool

    static func integer(_ name: String, _ gguf: String, required: Bool = false) -> Key {
      Key(name: name, gguf: gguf, kind: .integer, isRequired: required)
    }

    static func double(_ name: String, _ gguf: String) -> Key {
      Key(name: name, gguf: gguf, kind: .double, isRequired: false)
    }
  }

  /// `general.architecture`.
  public let architecture: String
  /// `model_type` of `config.json`.
  public let modelType: String
  /// `architectures` of `config.json`.
  let className: String
  let names: [Name]
  let keys: [Key]
  /// Values of `config.json` that follow from the architecture.
  var constants: [(name: String, value: JSONValue)] = []
  /// Values of `config.json` that follow from the metadata or the tensors.
  var derived: [@Sendable (GGUFReader, String, inout JSONObject) throws(GGUFFault) -> Void] = []

  /// The families that Weft knows.
  static let all: [GGUFFamily] = [
    llama, qwen2, qwen3, phi3, gemma, gemma2, gemma3, phi2, gpt2, own,
  ]

  /// Weights that Weft quantized, under the names that the graph file asks for; `config.json` stands
  /// beside them.
  public static let own = GGUFFamily(
    architecture: "weft", modelType: "weft", className: "", names: [], keys: [])

  /// The family of a file's `general.architecture`.
  static func of(_ metadata: GGUFMetadata) throws(GGUFFault) -> GGUFFamily {
    let known = all.map(\.architecture)
    guard let name = try metadata.string("general.architecture") else {
      throw .missing(
        key: "general.architecture", expected: "one of \(known.joined(separator: ", "))")
    }
    guard let family = all.first(where: { $0.architecture == name }) else {
      throw .architecture(name, known: known)
    }
    return family
  }

  /// Hugging Face's name of a tensor and what was done to it; nil where the table hasn't got it.
  func huggingFace(_ name: String) -> (name: String, change: Change)? {
    for ending in [".weight", ".bias"] where name.hasSuffix(ending) {
      let (pattern, number) = GGUFFamily.pattern(String(name.dropLast(ending.count)))
      guard let found = names.first(where: { $0.gguf == pattern }) else { return nil }
      let path = found.huggingFace.replacing("#", with: number)
      return (path + ending, found.change)
    }
    return nil
  }

  /// llama.cpp's name of a tensor of Hugging Face's, and what is done to it.
  func gguf(_ name: String) -> (name: String, change: Change)? {
    for ending in [".weight", ".bias"] where name.hasSuffix(ending) {
      let (pattern, number) = GGUFFamily.pattern(String(name.dropLast(ending.count)))
      guard let found = names.first(where: { $0.huggingFace == pattern }) else { return nil }
      return (found.gguf.replacing("#", with: number) + ending, found.change)
    }
    return nil
  }

  /// `blk.12.attn_q` as `blk.#.attn_q` and 12: the first part that is a number.
  private static func pattern(_ name: String) -> (pattern: String, number: String) {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let at = parts.firstIndex(where: { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) })
    else { return (name, "") }
    let number = String(parts[at])
    parts[at] = "#"
    return (parts.joined(separator: "."), number)
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
