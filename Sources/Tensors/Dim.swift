/// The extent of one axis: an integer polynomial over named symbols, such as `4*tokens + 1`.
///
/// Kept in one canonical form (terms sorted, no zero coefficient), so that equal extents compare
/// equal. Arithmetic is exact: a result that doesn't fit or a division with a remainder is an error.
public struct Dim: Hashable, Sendable {
  /// `coefficient * symbols[0] * symbols[1] * …`; the symbols are sorted and may repeat.
  struct Term: Hashable, Sendable {
    var symbols: [String]
    var coefficient: Int
  }

  /// A number alone, which nearly all extents are, takes no memory of its own.
  private enum Form: Hashable, Sendable {
    case number(Int)
    /// Hangs on a symbol. Sorted by falling degree, then by name; no coefficient is zero.
    case sum([Term])
  }

  private let form: Form

  /// The polynomial; empty for 0.
  var terms: [Term] {
    switch form {
    case .number(let value): value == 0 ? [] : [Term(symbols: [], coefficient: value)]
    case .sum(let terms): terms
    }
  }

  /// How many terms the polynomial has: what arithmetic with it costs.
  public var termCount: Int {
    switch form {
    case .number(let value): value == 0 ? 0 : 1
    case .sum(let terms): terms.count
    }
  }

  /// The most terms of a polynomial and the highest degree, so that a hostile graph file can't
  /// blow one up.
  private static let mostTerms = 1024
  private static let highestDegree = 64

  private init(terms: [Term]) {
    form =
      if terms.isEmpty {
        .number(0)
      } else if terms.count == 1, terms[0].symbols.isEmpty {
        .number(terms[0].coefficient)
      } else {
        .sum(terms)
      }
  }

  /// A known extent.
  public init(_ value: Int) { form = .number(value) }

  /// An extent that is bound when the graph runs.
  public init(symbol: String) { form = .sum([Term(symbols: [symbol], coefficient: 1)]) }

  /// The extent, where it hangs on no symbol.
  public var value: Int? { if case .number(let value) = form { value } else { nil } }

  /// The symbol, where the extent is just one.
  public var symbol: String? {
    guard case .sum(let terms) = form, terms.count == 1, terms[0].coefficient == 1,
      terms[0].symbols.count == 1
    else { return nil }
    return terms[0].symbols[0]
  }

  /// Every symbol the extent hangs on, sorted.
  public var symbols: [String] {
    value == nil ? Array(Set(terms.flatMap(\.symbols))).sorted() : []
  }

  /// Collects like terms of a sum.
  private static func canonical(_ sum: [Term]) throws(DimError) -> Dim {
    var collected: [[String]: Int] = [:]
    for term in sum {
      let (total, overflow) = collected[term.symbols, default: 0]
        .addingReportingOverflow(term.coefficient)
      if overflow { throw .overflow }
      collected[term.symbols] = total
    }
    if collected.count > mostTerms { throw .tooComplex }
    let terms = collected.filter { $0.value != 0 }
      .map { Term(symbols: $0.key, coefficient: $0.value) }
      .sorted { a, b in
        a.symbols.count != b.symbols.count
          ? a.symbols.count > b.symbols.count : a.symbols.lexicographicallyPrecedes(b.symbols)
      }
    return Dim(terms: terms)
  }

  /// `self + other`.
  public func adding(_ other: Dim) throws(DimError) -> Dim {
    if let a = value, let b = other.value {
      let (sum, overflow) = a.addingReportingOverflow(b)
      if overflow { throw .overflow }
      return Dim(sum)
    }
    return try Dim.canonical(terms + other.terms)
  }

  /// `self - other`.
  public func subtracting(_ other: Dim) throws(DimError) -> Dim {
    try adding(other.multiplied(by: Dim(-1)))
  }

  /// `self * other`.
  public func multiplied(by other: Dim) throws(DimError) -> Dim {
    if let a = value, let b = other.value {
      let (product, overflow) = a.multipliedReportingOverflow(by: b)
      if overflow { throw .overflow }
      return Dim(product)
    }
    let (terms, otherTerms) = (terms, other.terms)
    if terms.count * otherTerms.count > Dim.mostTerms { throw .tooComplex }
    var products: [Term] = []
    for a in terms {
      for b in otherTerms {
        let (product, overflow) = a.coefficient.multipliedReportingOverflow(by: b.coefficient)
        if overflow { throw .overflow }
        if a.symbols.count + b.symbols.count > Dim.highestDegree { throw .tooComplex }
        products.append(Term(symbols: (a.symbols + b.symbols).sorted(), coefficient: product))
      }
    }
    return try Dim.canonical(products)
  }

  /// `self / other`, where it divides without a remainder for every binding of the symbols.
  ///
  /// The divisor is a single term (`heads`, `2*tokens`) or equal to the dividend.
  public func divided(exactlyBy other: Dim) throws(DimError) -> Dim {
    if other == 0 { throw .divisionByZero(self) }
    if self == other { return Dim(1) }
    if let a = value, let b = other.value {
      let (quotient, overflow) = a.dividedReportingOverflow(by: b)
      guard !overflow, quotient * b == a else { throw .inexactDivision(self, other) }
      return Dim(quotient)
    }
    guard other.terms.count == 1 else { throw .inexactDivision(self, other) }
    let divisor = other.terms[0]
    let quotient = try terms.map { term throws(DimError) -> Term in
      var left = term.symbols
      for symbol in divisor.symbols {
        guard let at = left.firstIndex(of: symbol) else { throw .inexactDivision(self, other) }
        left.remove(at: at)
      }
      let (result, overflow) = term.coefficient.dividedReportingOverflow(by: divisor.coefficient)
      guard !overflow, result * divisor.coefficient == term.coefficient else {
        throw .inexactDivision(self, other)
      }
      return Term(symbols: left, coefficient: result)
    }
    return try Dim.canonical(quotient)
  }

  /// The extent's value under `bindings`.
  public func bound(by bindings: Bindings) throws(DimError) -> Int {
    if let value { return value }
    var total = 0
    for term in terms {
      var product = term.coefficient
      for symbol in term.symbols {
        guard let value = bindings[symbol] else { throw .unbound(symbol) }
        let (next, overflow) = product.multipliedReportingOverflow(by: value)
        if overflow { throw .overflow }
        product = next
      }
      let (next, overflow) = total.addingReportingOverflow(product)
      if overflow { throw .overflow }
      total = next
    }
    return total
  }

  /// The extent with the symbols that `bindings` names replaced by their values.
  public func substituting(_ bindings: Bindings) throws(DimError) -> Dim {
    guard value == nil else { return self }
    let terms = terms
    if terms.allSatisfy({ $0.symbols.allSatisfy { bindings[$0] != nil } }) {
      return Dim(try bound(by: bindings))
    }
    var result = Dim(0)
    for term in terms {
      var product = Dim(term.coefficient)
      for symbol in term.symbols {
        product = try product.multiplied(
          by: bindings[symbol].map { Dim($0) } ?? Dim(symbol: symbol))
      }
      result = try result.adding(product)
    }
    return result
  }
}

extension Dim: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}

extension Dim: CustomStringConvertible {
  public var description: String {
    if let value { return "\(value)" }
    var text = ""
    for (i, term) in terms.enumerated() {
      let negative = term.coefficient < 0
      if i > 0 { text += negative ? " - " : " + " } else if negative { text += "-" }
      let magnitude = term.coefficient.magnitude
      if term.symbols.isEmpty {
        text += "\(magnitude)"
      } else {
        text += (magnitude == 1 ? "" : "\(magnitude)*") + term.symbols.joined(separator: "*")
      }
    }
    return text
  }
}

/// Why an extent couldn't be computed.
public enum DimError: Error, Hashable, CustomStringConvertible {
  /// A value left the range of a 64-bit integer.
  case overflow
  /// The divisor is zero.
  case divisionByZero(Dim)
  /// The quotient isn't a whole number for every binding.
  case inexactDivision(Dim, Dim)
  /// A symbol has no value.
  case unbound(String)
  /// The polynomial has too many terms or too high a degree.
  case tooComplex

  public var description: String {
    switch self {
    case .overflow: "a dimension doesn't fit a 64-bit integer"
    case .divisionByZero(let a): "\(a) is divided by 0"
    case .inexactDivision(let a, let b): "\(a) is not divisible by \(b)"
    case .unbound(let symbol): "dimension '\(symbol)' has no value"
    case .tooComplex: "a dimension has too many terms"
    }
  }
}
