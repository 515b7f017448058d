import Formats

/// How the encodings of a batch are made equally long, as the tokenizer's file has it.
public struct Padding: Sendable, Hashable {
  /// The padding token's id.
  public var id: Int32 = 0
  /// The padding token.
  public var token = "[PAD]"
  /// The padding's type id.
  public var typeID: Int32 = 0
  /// The end that padding is added to.
  public var direction = Direction.right
  /// The length that every encoding gets; nil for the longest of a batch.
  public var fixedLength: Int?
  /// Lengths are rounded up to a multiple of this; nil for any length.
  public var multiple: Int?

  /// Padding with `[PAD]`, id 0, at the end, to the longest of a batch.
  public init() {}

  /// Longer padding than this is nothing but a wrong file.
  private static let lengths = 1...1_000_000

  /// Reads `strategy`, `direction`, `pad_to_multiple_of`, `pad_id`, `pad_type_id` and `pad_token`.
  init(_ field: JSONField) throws(JSONFieldError) {
    if let strategy = try field.member("strategy") {
      if case .object = strategy.value {
        fixedLength = try strategy.required("Fixed", "a length").integer(in: Padding.lengths)
      } else if strategy.value != .string("BatchLongest") {
        throw strategy.error(expected: "\"BatchLongest\" or {\"Fixed\": length}")
      }
    }
    if let direction = try field.member("direction") { self.direction = try direction.oneOf() }
    multiple = try field.member("pad_to_multiple_of")?.integer(in: Padding.lengths)
    if let id = try field.member("pad_id") { self.id = try Vocabulary.id(id) }
    if let typeID = try field.member("pad_type_id") { self.typeID = try Vocabulary.id(typeID) }
    token = try field.member("pad_token")?.string() ?? token
  }

  /// The length that encodings of at most `longest` tokens are padded to.
  public func length(longest: Int) -> Int {
    let length = max(longest, fixedLength ?? 0)
    guard let multiple else { return length }
    return (length + multiple - 1) / multiple * multiple
  }
}
