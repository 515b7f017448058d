import Tensors

/// The attributes of one op by name, printed in the order in which they were set.
public struct Attributes: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  /// Name and value, in order, no name twice.
  public private(set) var pairs: [Pair] = []

  /// One attribute.
  public struct Pair: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: AttributeValue
  }

  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The value of `name`; setting nil removes it.
  public subscript(name: String) -> AttributeValue? {
    get { pairs.first { $0.name == name }?.value }
    set {
      let at = pairs.firstIndex { $0.name == name }
      switch (at, newValue) {
      case (let at?, let value?): pairs[at].value = value
      case (let at?, nil): pairs.remove(at: at)
      case (nil, let value?): pairs.append(Pair(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  private func require<T>(
    _ name: String, _ expected: String, _ read: (AttributeValue) -> T?
  ) throws(OpError) -> T {
    guard let value = self[name] else { throw .missingAttribute(name) }
    guard let result = read(value) else {
      throw .wrongAttribute(name, expected: expected, found: value)
    }
    return result
  }

  /// The whole number `name`.
  public func int(_ name: String) throws(OpError) -> Int {
    try require(name, "a whole number") { if case .dim(let dim) = $0 { dim.value } else { nil } }
  }

  /// The whole numbers `name`.
  public func ints(_ name: String) throws(OpError) -> [Int] {
    try require(name, "whole numbers") {
      if case .dims(let dims) = $0 { Shape(dims).values } else { nil }
    }
  }

  /// The extent `name`.
  public func dim(_ name: String) throws(OpError) -> Dim {
    try require(name, "an extent") { if case .dim(let dim) = $0 { dim } else { nil } }
  }

  /// The extents `name`.
  public func dims(_ name: String) throws(OpError) -> [Dim] {
    try require(name, "a list of extents") { if case .dims(let dims) = $0 { dims } else { nil } }
  }

  /// The real number `name`; a whole number is one, too.
  public func double(_ name: String) throws(OpError) -> Double {
    try require(name, "a number") {
      switch $0 {
      case .double(let value): value
      case .dim(let dim): dim.value.map(Double.init)
      default: nil
      }
    }
  }

  /// The truth value `name`.
  public func bool(_ name: String) throws(OpError) -> Bool {
    try require(name, "true or false") { if case .bool(let value) = $0 { value } else { nil } }
  }

  /// The text `name`.
  public func string(_ name: String) throws(OpError) -> String {
    try require(name, "a string") { if case .string(let text) = $0 { text } else { nil } }
  }

  /// The element type `name`.
  public func dtype(_ name: String) throws(OpError) -> DType {
    try require(name, "an element type") { if case .dtype(let dtype) = $0 { dtype } else { nil } }
  }

  /// The word `name` as a case of a string-backed enumeration.
  public func choice<T: RawRepresentable & CaseIterable>(
    _ name: String, as type: T.Type = T.self
  ) throws(OpError) -> T where T.RawValue == String {
    let choices = T.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    return try require(name, "one of \(choices)") {
      if case .string(let word) = $0 { T(rawValue: word) } else { nil }
    }
  }

  /// Whether an extent hangs on a symbol.
  var areSymbolic: Bool {
    pairs.contains { pair in
      switch pair.value {
      case .dim(let dim): dim.value == nil
      case .dims(let dims): dims.contains { $0.value == nil }
      case .double, .bool, .string, .dtype: false
      }
    }
  }

  /// The attributes with the symbols that `bindings` names replaced.
  func substituting(_ bindings: Bindings) throws(OpError) -> Attributes {
    var result = self
    do {
      for (i, pair) in pairs.enumerated() {
        switch pair.value {
        case .dim(let dim): result.pairs[i].value = .dim(try dim.substituting(bindings))
        case .dims(let dims):
          result.pairs[i].value = .dims(try Shape(dims).substituting(bindings).dims)
        default: break
        }
      }
    } catch {
      throw .dim(error)
    }
    return result
  }
}
