import Formats

/// The parts of one kind that a tokenizer.json may name, each with how it is read.
///
/// A new part is a file of its own and a line in its kind's table.
struct PartTable<Part>: Sendable {
  /// What the parts are: `normalizer`.
  let kind: String
  /// Each `type` with what reads its object, in the order of the alphabet.
  let entries: [(type: String, read: @Sendable (JSONField) throws(JSONFieldError) -> Part)]

  /// The part that an object of the file describes.
  func part(_ field: JSONField, type: String? = nil) throws(JSONFieldError) -> Part {
    let names = entries.map(\.type).joined(separator: ", ")
    var name = type
    if name == nil { name = try field.required("type", "the type of the \(kind)").string() }
    guard let entry = entries.first(where: { $0.type == name }) else {
      throw JSONFieldError(
        path: "\(JSONPath.member(field.path, "type"))", expected: "one of: \(names)",
        found: (name ?? "").quotedForMessage, hint: "Weft has no other \(kind)")
    }
    return try entry.read(field)
  }
}
