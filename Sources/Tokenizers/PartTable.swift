import Formats

/// The parts of one kind that a tokenizer.json may name, each with how it is read.
struct PartTable<Part>: Sendable {
  /// Reads a part's object; parts in it are read by the same tables.
  typealias Reader = @Sendable (JSONField, TokenizerParts) throws(JSONFieldError) -> Part

  /// What the parts are.
  let kind: TokenizerPart.Kind
  /// Each `type` with what reads its object.
  private(set) var readers: [String: Reader] = [:]

  init(_ kind: TokenizerPart.Kind) { self.kind = kind }

  mutating func add(_ type: String, _ read: @escaping Reader) { readers[type] = read }

  /// The part that an object of the file describes.
  func part(_ field: JSONField, type: String? = nil, _ parts: TokenizerParts)
    throws(JSONFieldError) -> Part
  {
    var name = type
    if name == nil {
      name = try field.required("type", "the type of the \(kind.rawValue)").string()
    }
    guard let name, let read = readers[name] else {
      throw JSONFieldError(
        path: "\(JSONPath.member(field.path, "type"))",
        expected: "one of: \(readers.keys.sorted().joined(separator: ", "))",
        found: (name ?? "").quotedForMessage, hint: "a plugin may bring another \(kind.rawValue)")
    }
    return try read(field, parts)
  }
}
