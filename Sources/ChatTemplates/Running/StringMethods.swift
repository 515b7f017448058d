/// Python's methods of strings, on scalars.
enum StringMethods {
  static func call(
    _ name: String, _ text: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    switch name {
    case "strip", "lstrip", "rstrip":
      return .string(
        strip(
          text, try arguments.string(0, "chars"), left: name != "rstrip", right: name != "lstrip"))
    case "split", "rsplit":
      return .list(try split(text, name == "rsplit", arguments, interpreter))
    case "splitlines": return .list(try lines(text, arguments, interpreter))
    case "startswith", "endswith": return .bool(try hasEnd(name, text, arguments))
    case "replace": return .string(try replace(text, arguments, interpreter))
    case "upper": return .string(text.uppercased())
    case "lower": return .string(text.lowercased())
    case "title": return .string(title(text))
    case "capitalize": return .string(capitalize(text))
    case "swapcase":
      return .string(
        text.unicodeScalars.map {
          $0.properties.isLowercase
            ? $0.properties.uppercaseMapping : $0.properties.lowercaseMapping
        }.joined())
    case "join":
      return try Filters.join(try arguments.required(0, "iterable"), text, arguments, interpreter)
    case "count", "find", "rfind", "index", "rindex":
      return try search(name, text, arguments, interpreter)
    case "removeprefix":
      let part = try arguments.requiredText(0, "prefix", interpreter)
      return .string(
        text.scalars.starts(with: part.scalars) ? drop(text, first: part.scalars.count) : text)
    case "removesuffix":
      let part = try arguments.requiredText(0, "suffix", interpreter).scalars
      return .string(
        !part.isEmpty && text.scalars.suffix(part.count).elementsEqual(part)
          ? String(scalars: text.scalars.dropLast(part.count)) : text)
    case "partition", "rpartition":
      return try partition(text, name == "rpartition", arguments, interpreter)
    case "zfill":
      let width = try arguments.integer(0, "width") ?? 0
      let count = text.unicodeScalars.count
      let missing = width > count ? width - count : 0
      try interpreter.charge(bytes: missing, arguments.position)
      let sign = text.first == "-" || text.first == "+" ? String(text.prefix(1)) : ""
      return .string(sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count))
    default: return .bool(isAll(name, text))
    }
  }

  static func strip(_ text: String, _ characters: String?, left: Bool, right: Bool) -> String {
    let scalars = text.scalars
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.isPythonSpace }
    var (start, end) = (0, scalars.count)
    if left { while start < end, goes(scalars[start]) { start += 1 } }
    if right { while start < end, goes(scalars[end - 1]) { end -= 1 } }
    return String(scalars: scalars[start..<end])
  }

  private static func drop(_ text: String, first count: Int) -> String {
    String(scalars: text.scalars.dropFirst(count))
  }

  private static func hasEnd(
    _ name: String, _ text: String, _ arguments: Arguments
  ) throws(ChatTemplateError) -> Bool {
    let value = try arguments.required(0, "prefix")
    let parts: [Value] = if case .tuple(let elements) = value { elements } else { [value] }
    let scalars = text.scalars
    for part in parts {
      guard case .string(let part) = part else {
        if case .undefined(let what) = part {
          throw ChatTemplateError(.undefined(what), at: arguments.position)
        }
        throw ChatTemplateError(
          .type("'\(name)' takes a string, found \(part.kind)"), at: arguments.position)
      }
      let wanted = part.scalars
      guard wanted.count <= scalars.count else { continue }
      if name == "startswith"
        ? scalars.starts(with: wanted) : scalars.suffix(wanted.count).elementsEqual(wanted)
      {
        return true
      }
    }
    return false
  }

  static func replace(
    _ text: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> String {
    let position = arguments.position
    guard case .string(let old) = try arguments.required(0, "old"),
      case .string(let new) = try arguments.required(1, "new")
    else { throw ChatTemplateError(.type("'replace' takes two strings"), at: position) }
    let most = try arguments.integer(2, "count") ?? -1
    let (scalars, part, other) = (text.scalars, old.scalars, new.scalars)
    try interpreter.charge(searching: scalars.count, for: part.count, position)
    var result: [Unicode.Scalar] = []
    var (start, count) = (0, 0)
    while most < 0 || count < most {
      if part.isEmpty {
        result += other
        guard start < scalars.count else { break }
        result.append(scalars[start])
        start += 1
      } else {
        guard let range = scalars.firstRange(of: part, from: start) else { break }
        result += scalars[start..<range.lowerBound]
        result += other
        start = range.upperBound
      }
      count += 1
      if count % 1024 == 0 || result.count > interpreter.limits.bytes {
        try interpreter.charge(bytes: result.count, position)
      }
    }
    if start < scalars.count { result += scalars[start...] }
    let replaced = String(scalars: result)
    try interpreter.charge(bytes: replaced.utf8.count, position)
    return replaced
  }

  private static func search(
    _ name: String, _ text: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let scalars = text.scalars
    let part = try arguments.requiredText(0, "sub", interpreter).scalars
    try interpreter.charge(searching: scalars.count, for: part.count, arguments.position)
    if name == "count" {
      guard !part.isEmpty else { return .int(scalars.count + 1) }
      var (count, at) = (0, 0)
      while let range = scalars.firstRange(of: part, from: at) {
        count += 1
        at = range.upperBound
      }
      return .int(count)
    }
    let found =
      name.hasPrefix("r")
      ? scalars.lastRange(of: part, upTo: scalars.count) : scalars.firstRange(of: part)
    if let found { return .int(found.lowerBound) }
    if name.hasSuffix("find") { return .int(-1) }
    throw ChatTemplateError(.type("'\(name)' finds no such string"), at: arguments.position)
  }

  /// Each word's first letter large, the others small.
  static func title(_ text: String) -> String {
    var (result, isInside) = ("", false)
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      result += isInside ? properties.lowercaseMapping : properties.titlecaseMapping
      isInside = properties.isCased
    }
    return result
  }

  static func capitalize(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping
      + String(scalars: text.unicodeScalars.dropFirst()).lowercased()
  }

  private static func isAll(_ name: String, _ text: String) -> Bool {
    func all(_ isSo: (Unicode.Scalar.Properties) -> Bool) -> Bool {
      !text.isEmpty && text.unicodeScalars.allSatisfy { isSo($0.properties) }
    }
    switch name {
    case "isalpha": return all(\.isPythonLetter)
    case "isalnum": return all { $0.isPythonLetter || $0.numericType != nil }
    case "isdigit": return all { $0.numericType == .decimal || $0.numericType == .digit }
    case "isnumeric": return all { $0.numericType != nil }
    case "isspace": return !text.isEmpty && text.unicodeScalars.allSatisfy(\.isPythonSpace)
    case "isascii": return text.utf8.allSatisfy { $0 < 128 }
    default: return Methods.hasCase(text, lower: name == "islower")
    }
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isPythonLetter: Bool {
    switch generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
