/// Values for the symbolic dimensions of a graph, such as `batch=1, tokens=128`.
public struct Bindings: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private var values: [String: Int]

  /// Bindings from pairs; a name may stand only once.
  public init(dictionaryLiteral elements: (String, Int)...) {
    values = Dictionary(uniqueKeysWithValues: elements)
  }

  /// Bindings from a dictionary.
  public init(_ values: [String: Int] = [:]) { self.values = values }

  /// The value of `symbol`, or nil.
  public subscript(symbol: String) -> Int? {
    get { values[symbol] }
    set { values[symbol] = newValue }
  }

  /// The bound symbols, sorted.
  public var symbols: [String] { values.keys.sorted() }

  /// Whether no symbol is bound.
  public var isEmpty: Bool { values.isEmpty }
}

extension Bindings: CustomStringConvertible {
  public var description: String {
    symbols.map { "\($0)=\(values[$0] ?? 0)" }.joined(separator: ",")
  }
}
