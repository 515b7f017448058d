/// Where a string is cut.
extension StringMethods {
  static func split(
    _ text: String, _ isRight: Bool, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> [Value] {
    let most = try arguments.integer(1, "maxsplit") ?? -1
    let scalars = text.scalars
    guard let separator = try arguments.string(0, "sep")?.scalars else {
      // Every second scalar may be a word.
      try interpreter.charge(scalars.count / 8, arguments.position)
      return words(scalars, most, isRight).map { .string(String(scalars: $0)) }
    }
    guard !separator.isEmpty else {
      throw ChatTemplateError(
        .type("'split' takes a separator that isn't empty"), at: arguments.position)
    }
    let position = arguments.position
    try interpreter.charge(searching: scalars.count, for: separator.count, position)
    var parts: [ArraySlice<Unicode.Scalar>] = []
    if isRight {
      var end = scalars.count
      while most < 0 || parts.count < most,
        let range = scalars.lastRange(of: separator, upTo: end)
      {
        try interpreter.charge(position)
        parts.append(scalars[range.upperBound..<end])
        end = range.lowerBound
      }
      parts.append(scalars[..<end])
      parts.reverse()
    } else {
      var start = 0
      while most < 0 || parts.count < most,
        let range = scalars.firstRange(of: separator, from: start)
      {
        try interpreter.charge(position)
        parts.append(scalars[start..<range.lowerBound])
        start = range.upperBound
      }
      parts.append(scalars[start...])
    }
    return parts.map { .string(String(scalars: $0)) }
  }

  /// The words between white space; what is left after `most` cuts stays whole.
  private static func words(
    _ scalars: [Unicode.Scalar], _ most: Int, _ isRight: Bool
  ) -> [ArraySlice<Unicode.Scalar>] {
    if isRight, most >= 0 {
      return words(scalars.reversed(), most, false).reversed().map { ArraySlice($0.reversed()) }
    }
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var i = 0
    while true {
      while i < scalars.count, scalars[i].isPythonSpace { i += 1 }
      guard i < scalars.count else { return parts }
      if most >= 0, parts.count == most {
        return parts + [scalars[i...]]
      }
      let start = i
      while i < scalars.count, !scalars[i].isPythonSpace { i += 1 }
      parts.append(scalars[start..<i])
    }
  }

  static func lines(
    _ text: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> [Value] {
    let (scalars, keepEnds) = (text.scalars, arguments.flag(0, "keepends"))
    let breaks: Set<UInt32> = [10, 11, 12, 13, 28, 29, 30, 0x85, 0x2028, 0x2029]
    var lines: [Value] = []
    var start = 0
    while start < scalars.count {
      try interpreter.charge(arguments.position)
      var end = start
      while end < scalars.count, !breaks.contains(scalars[end].value) { end += 1 }
      var next = min(end + 1, scalars.count)
      if end + 1 < scalars.count, scalars[end] == "\r", scalars[end + 1] == "\n" { next += 1 }
      lines.append(.string(String(scalars: scalars[start..<(keepEnds ? next : end)])))
      start = next
    }
    return lines
  }

  static func partition(
    _ text: String, _ isRight: Bool, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let scalars = text.scalars
    let part = try arguments.requiredText(0, "sep", interpreter).scalars
    try interpreter.charge(searching: scalars.count, for: part.count, arguments.position)
    let found =
      isRight ? scalars.lastRange(of: part, upTo: scalars.count) : scalars.firstRange(of: part)
    guard !part.isEmpty, let found else {
      return .tuple(
        (isRight ? ["", "", text] : [text, "", ""]).map { .string($0) })
    }
    return .tuple(
      [scalars[..<found.lowerBound], scalars[found], scalars[found.upperBound...]]
        .map { .string(String(scalars: $0)) })
  }
}
