/// What texts, searches and comparisons take, counted before they take it.
extension Interpreter {
  /// What `str` gives of a value.
  func text(of value: Value, _ position: Position) throws(ChatTemplateError) -> String {
    if case .string(let text) = value { return text }
    var output = BoundedText(limit: limits.bytes)
    try bounded(position) { () throws(BoundedText.Fault) in try value.writeText(to: &output) }
    try charge(bytes: output.text.utf8.count, position)
    return output.text
  }

  /// Runs what writes a text; one that is full is the limit's error.
  func bounded(
    _ position: Position, _ body: () throws(BoundedText.Fault) -> Void
  ) throws(ChatTemplateError) {
    do {
      try body()
    } catch {
      switch error {
      case .full:
        throw ChatTemplateError(.limit("a text of more than \(limits.bytes) bytes"), at: position)
      case .kind(let kind): throw ChatTemplateError(.type("JSON has no \(kind)"), at: position)
      }
    }
  }

  /// Elements that a loop goes over, counted before they are made.
  func elements(of value: Value, _ position: Position) throws(ChatTemplateError) -> [Value]? {
    if let count = value.elementCount { try charge(count, position) }
    return value.elements
  }

  /// Counts what one look at all of a value takes, `times` times.
  func charge(
    lookingAt value: Value, times: Int = 1, _ position: Position
  ) throws(ChatTemplateError) {
    switch value {
    case .string(let text): try charge(product(text.utf8.count / 256, times), position)
    case .list(let elements), .tuple(let elements), .generator(let elements):
      try charge(product(1 + elements.count / 8, times), position)
      for element in elements { try charge(lookingAt: element, times: times, position) }
    case .mapping(let mapping):
      try charge(product(1 + mapping.count / 8, times), position)
      for key in mapping.keys { try charge(product(key.utf8.count / 256, times), position) }
      for member in mapping.values { try charge(lookingAt: member, times: times, position) }
    default: break
    }
  }

  /// Counts the search of a text of `size` for one of `part`, at every place of which all of `part`
  /// may have to be compared.
  func charge(
    searching size: Int, for part: Int, _ position: Position
  ) throws(ChatTemplateError) {
    try charge(product(size, part) / 256, position)
  }

  private func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }
}
