import Formats

/// Several decoders, one after the other.
struct SequenceDecoder: TokenDecoder {
  private let decoders: [any TokenDecoder]

  /// Reads `decoders`.
  init(_ field: JSONField, _ table: TokenizerParts) throws(JSONFieldError) {
    let parts = try field.required("decoders", "an array of decoders").elements()
    decoders = try parts.map { part throws(JSONFieldError) in try table.decoder(part) }
  }

  var reach: DecodingReach { decoders.map(\.reach).max() ?? .neighbors }

  func decode(_ tokens: [String]) -> [String] {
    decoders.reduce(tokens) { $1.decode($0) }
  }
}
