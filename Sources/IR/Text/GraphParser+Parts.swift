import Tensors

/// Types, numbers, constants and origins: what stands inside a definition.
extension GraphParser {
  /// What an extent may consist of, so that no text takes more than linear time.
  private static let mostTerms = 64
  private static let mostFactors = 16

  mutating func tensorType() throws(GraphTextError) -> TensorType {
    guard token.kind == .identifier, let dtype = DType(rawValue: token.text) else {
      throw expected("an element type")
    }
    try advance()
    return TensorType(dtype, Shape(isAt("[") ? try dims() : []))
  }

  mutating func dims() throws(GraphTextError) -> [Dim] {
    var dims: [Dim] = []
    try expect("[")
    if try take("]") { return dims }
    repeat { dims.append(try dim()) } while try take(",")
    try expect("]")
    return dims
  }

  /// A sum of products, as ``Dim`` prints it.
  mutating func dim() throws(GraphTextError) -> Dim {
    let at = token
    var sum = Dim(0)
    var negative = try take("-")
    for _ in 0..<GraphParser.mostTerms {
      let term = try self.term(negative: negative)
      do { sum = try sum.adding(term) } catch { throw self.error(.dim(error), at) }
      if try take("+") {
        negative = false
      } else if try take("-") {
        negative = true
      } else {
        return sum
      }
    }
    throw error(.expected("an extent of \(GraphParser.mostTerms) terms", found: "more"), at)
  }

  private mutating func term(negative: Bool) throws(GraphTextError) -> Dim {
    let at = token
    var product = Dim(1)
    for i in 0..<GraphParser.mostFactors {
      let factor = try self.factor(negative: negative && i == 0)
      do { product = try product.multiplied(by: factor) } catch {
        throw self.error(.dim(error), at)
      }
      guard try take("*") else { return product }
    }
    throw error(.expected("a product of \(GraphParser.mostFactors) factors", found: "more"), at)
  }

  private mutating func factor(negative: Bool) throws(GraphTextError) -> Dim {
    if token.kind == .identifier {
      let symbol = Dim(symbol: token.text)
      let at = token
      try advance()
      do { return negative ? try Dim(0).subtracting(symbol) : symbol } catch {
        throw self.error(.dim(error), at)
      }
    }
    return Dim(try int(negative: negative))
  }

  /// A whole number whose sign was read.
  mutating func int(negative: Bool = false) throws(GraphTextError) -> Int {
    guard token.kind == .number, token.text.utf8.allSatisfy(IRText.isDigit) else {
      throw expected("a whole number")
    }
    let text = (negative ? "-" : "") + token.text
    guard let value = Int(text) else { throw error(.number(text), token) }
    try advance()
    return value
  }

  /// A number with its sign as text, `inf` and `nan` included.
  private mutating func numeral() throws(GraphTextError) -> String {
    let sign = try take("-") ? "-" : ""
    guard token.kind == .number || isAt("inf") || isAt("nan") else { throw expected("a number") }
    let text = sign + token.text
    try advance()
    return text
  }

  mutating func double() throws(GraphTextError) -> Double {
    let at = token
    let text = try numeral()
    guard let value = Double(text) else { throw error(.number(text), at) }
    return value
  }

  mutating func attribute(_ kind: AttributeKind) throws(GraphTextError) -> AttributeValue {
    switch kind {
    case .int, .dim: return .dim(try dim())
    case .ints, .dims: return .dims(try dims())
    case .double: return .double(try double())
    case .bool:
      if try take("true") { return .bool(true) }
      guard try take("false") else { throw expected("true or false") }
      return .bool(false)
    case .string:
      guard token.kind == .string else { throw expected("a string") }
      return .string(try word("a string"))
    case .dtype:
      let type = try tensorType()
      guard type.rank == 0 else { throw expected("an element type without a shape") }
      return .dtype(type.dtype)
    }
  }

  mutating func initializer() throws(GraphTextError) -> Initializer {
    let at = token
    let kind = try word("normal, uniform or constant")
    try expect("(")
    let first = try double()
    let second = try take(",") ? try double() : nil
    try expect(")")
    switch (kind, second) {
    case ("constant", nil): return .constant(first)
    case ("normal", let deviation?): return .normal(mean: first, deviation: deviation)
    case ("uniform", let high?): return .uniform(low: first, high: high)
    default:
      throw error(
        .expected("normal(mean, deviation), uniform(low, high) or constant(value)", found: kind),
        at)
    }
  }

  /// `[elements] : type`, after the keyword.
  mutating func constant() throws(GraphTextError) -> Tensor {
    let at = token
    var elements: [GraphLexer.Token] = []
    try expect("[")
    if !isAt("]") {
      repeat {
        if isAt("…") { throw error(.elided, token) }
        var element = token
        if isAt("true") || isAt("false") { try advance() } else { element.text = try numeral() }
        elements.append(element)
      } while try take(",")
    }
    try expect("]")
    try expect(":")
    let type = try tensorType()
    guard let dims = type.shape.values else {
      throw error(.expected("a constant with known extents", found: "\(type)"), at)
    }
    let result: Result<Tensor, TensorError>
    switch type.dtype {
    case .f32:
      let floats = try read(elements, "a number") { Float($0) }
      result = tensor(type.dtype, dims, floats.count) { () throws(TensorError) in
        try Tensor(dims: dims, floats: floats)
      }
    case .f16, .bf16:
      let floats = try read(elements, "a number") { Double($0) }
      result = tensor(type.dtype, dims, floats.count) { () throws(TensorError) in
        try Tensor(type.dtype, dims: dims, doubles: floats)
      }
    case .i32, .i64:
      let integers = try read(elements, "a whole number in range") {
        type.dtype == .i32 ? Int32($0).map(Int.init) : Int($0)
      }
      result = tensor(type.dtype, dims, integers.count) { () throws(TensorError) in
        try Tensor(type.dtype, dims: dims, integers: integers)
      }
    case .bool:
      let truths = try read(elements, "true or false") { Bool($0).map { $0 ? 1 : 0 } }
      result = tensor(type.dtype, dims, truths.count) { () throws(TensorError) in
        try Tensor(.bool, dims: dims, integers: truths)
      }
    }
    do { return try result.get() } catch { throw self.error(.constant(error), at) }
  }

  private func read<T>(
    _ elements: [GraphLexer.Token], _ what: String, _ convert: (String) -> T?
  ) throws(GraphTextError) -> [T] {
    var read: [T] = []
    read.reserveCapacity(elements.count)
    for element in elements {
      guard let value = convert(element.text) else {
        throw error(.expected(what, found: element.text), element)
      }
      read.append(value)
    }
    return read
  }

  /// The tensor, made only where the extents hold as many elements as the text has.
  private func tensor(
    _ dtype: DType, _ dims: [Int], _ count: Int, make: () throws(TensorError) -> Tensor
  ) -> Result<Tensor, TensorError> {
    Result { () throws(TensorError) in
      guard try Tensor.byteCount(dtype, dims) == count * dtype.byteCount else {
        throw .countMismatch(expected: count, found: dims)
      }
      return try make()
    }
  }

  // MARK: Origins

  /// `@ site & site …`, or nothing.
  mutating func origin() throws(GraphTextError) -> Origin {
    guard try take("@") else { return Origin() }
    var sites: [Origin.Site] = []
    repeat { sites.append(try site()) } while try take("&")
    return Origin(sites)
  }

  private mutating func site() throws(GraphTextError) -> Origin.Site {
    var site = Origin.Site()
    if try take("_") { return site }
    let start = token
    if token.kind == .string { site.location = try location() }
    if try take("in") {
      var components: [LayerPath.Component] = []
      repeat { components.append(try component()) } while try take(".")
      site.path = LayerPath(components)
    }
    if try take("via") {
      repeat { site.calls.append(try location()) } while try take(",")
    }
    if site == Origin.Site() { throw error(.expected("a place", found: start.described), start) }
    return site
  }

  private mutating func component() throws(GraphTextError) -> LayerPath.Component {
    var component = LayerPath.Component(try word("a layer's name"))
    if try take("[") {
      component.index = try int(negative: try take("-"))
      try expect("]")
    }
    if try take("(") {
      component.layer = try word("a layer's kind")
      try expect(")")
    }
    return component
  }

  private mutating func location() throws(GraphTextError) -> SourceLocation {
    guard token.kind == .string else { throw expected("a file in quotes") }
    let file = try word("a file in quotes")
    try expect(":")
    let line = try int()
    try expect(":")
    return SourceLocation(file: file, line: line, column: try int())
  }
}
