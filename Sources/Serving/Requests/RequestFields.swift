import Weft

/// A request's object, which counts what was asked for: a field that nobody knows is an error.
struct RequestFields {
  private let root: JSONField
  private var known: Set<String>

  /// Fields that change nothing here.
  private static let unused: Set<String> = [
    "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
    "parallel_tool_calls", "prediction", "reasoning_effort", "verbosity",
  ]

  init(_ root: JSONField) throws {
    _ = try root.object()
    self.root = root
    known = Self.unused
  }

  mutating func field(_ name: String) throws(JSONFieldError) -> JSONField? {
    known.insert(name)
    return try root.member(name)
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try field(name)?.integer(in: range)
  }

  mutating func float(_ name: String) throws -> Float? {
    try field(name).map { Float(try $0.double()) }
  }

  mutating func bool(_ name: String) throws -> Bool { try field(name)?.bool() ?? false }

  mutating func string(_ name: String) throws -> String? { try field(name)?.string() }

  /// A field that may be there, but only with the value that changes nothing.
  mutating func refuse(_ name: String, unless isHarmless: (JSONValue) -> Bool) throws {
    guard let field = try field(name), !isHarmless(field.value) else { return }
    throw ServerError.invalid("'\(name)' isn't supported by this server", field: name)
  }

  /// Refuses fields that nobody asked for.
  func finish() throws {
    if let name = try root.object().keys.first(where: { !known.contains($0) }) {
      throw ServerError.invalid("there is no field \(name.quotedForMessage)", field: name)
    }
  }
}
