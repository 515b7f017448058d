/// The filters: what stands after `|`.
enum Filters {
  struct Filter: Sendable {
    /// The names of its arguments.
    var arguments: [String] = []
    /// Whether it hands further arguments on.
    var isOpen = false
    var apply: @Sendable (Value, Arguments, Interpreter) throws(ChatTemplateError) -> Value
  }

  static let table: [String: Filter] = [
    "abs": plain(numberFilter { $0 < 0 ? -$0 : $0 }),
    "batch": Filter(arguments: ["linecount", "fill_with"], apply: batch),
    "capitalize": text(StringMethods.capitalize),
    "count": plain(length),
    "d": Filter(arguments: ["default_value", "boolean"], apply: fallback),
    "default": Filter(arguments: ["default_value", "boolean"], apply: fallback),
    "dictsort": Filter(arguments: ["case_sensitive", "by", "reverse"], apply: sortMembers),
    "e": text(escape),
    "escape": text(escape),
    "first": plain { value, position throws(ChatTemplateError) in
      try elements(value, position).first ?? .undefined("the first element of nothing")
    },
    "float": Filter(arguments: ["default"], apply: double),
    "format": Filter(isOpen: true, apply: format),
    "groupby": Filter(arguments: ["attribute", "default", "case_sensitive"], apply: group),
    "indent": Filter(arguments: ["width", "first", "blank"], apply: indent),
    "int": Filter(arguments: ["default", "base"], apply: integer),
    "items": plain(items),
    "join": Filter(arguments: ["d", "attribute"], apply: joined),
    "last": plain { value, position throws(ChatTemplateError) in
      try elements(value, position).last ?? .undefined("the last element of nothing")
    },
    "length": plain(length),
    "list": plain { value, position throws(ChatTemplateError) in
      .list(try elements(value, position))
    },
    "lower": text { $0.lowercased() },
    "map": Filter(isOpen: true, apply: map),
    "max": Filter(arguments: ["case_sensitive", "attribute"], apply: extreme(isMost: true)),
    "min": Filter(arguments: ["case_sensitive", "attribute"], apply: extreme(isMost: false)),
    "reject": Filter(isOpen: true, apply: select(keeps: false, byAttribute: false)),
    "rejectattr": Filter(isOpen: true, apply: select(keeps: false, byAttribute: true)),
    "replace": Filter(arguments: ["old", "new", "count"]) {
      value, arguments, interpreter throws(ChatTemplateError) in
      .string(
        try StringMethods.replace(
          interpreter.text(of: value, arguments.position), arguments, interpreter))
    },
    "reverse": plain(reverse),
    "round": Filter(arguments: ["precision", "method"], apply: round),
    "safe": text { $0 },
    "select": Filter(isOpen: true, apply: select(keeps: true, byAttribute: false)),
    "selectattr": Filter(isOpen: true, apply: select(keeps: true, byAttribute: true)),
    "sort": Filter(arguments: ["reverse", "case_sensitive", "attribute"], apply: sort),
    "string": text { $0 },
    "sum": Filter(arguments: ["attribute", "start"], apply: sum),
    "title": text(title),
    "tojson": Filter(
      arguments: ["ensure_ascii", "indent", "separators", "sort_keys"], apply: json),
    "trim": Filter(arguments: ["chars"]) {
      value, arguments, interpreter throws(ChatTemplateError) in
      .string(
        StringMethods.strip(
          try interpreter.text(of: value, arguments.position), try arguments.string(0, "chars"),
          left: true, right: true))
    },
    "unique": Filter(arguments: ["case_sensitive", "attribute"], apply: unique),
    "upper": text { $0.uppercased() },
    "wordcount": text2int,
  ]

  private static let text2int = Filter { value, arguments, interpreter throws(ChatTemplateError) in
    var (count, isInside) = (0, false)
    for scalar in try interpreter.text(of: value, arguments.position).unicodeScalars {
      let isWord =
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      if isWord, !isInside { count += 1 }
      isInside = isWord
    }
    return .int(count)
  }

  private static func plain(
    _ apply: @escaping @Sendable (Value, Position) throws(ChatTemplateError) -> Value
  ) -> Filter {
    Filter { value, arguments, _ throws(ChatTemplateError) in try apply(value, arguments.position) }
  }

  private static func text(_ apply: @escaping @Sendable (String) -> String) -> Filter {
    Filter { value, arguments, interpreter throws(ChatTemplateError) in
      let text = try interpreter.text(of: value, arguments.position)
      try interpreter.charge(bytes: text.utf8.count, arguments.position)
      return .string(apply(text))
    }
  }

  /// The elements of what a loop can go over.
  static func elements(_ value: Value, _ position: Position) throws(ChatTemplateError) -> [Value] {
    guard let elements = value.elements else {
      throw ChatTemplateError(.type("\(value.kind) has no elements"), at: position)
    }
    return elements
  }

  @Sendable private static func length(_ value: Value, _ position: Position)
    throws(ChatTemplateError) -> Value
  {
    switch value {
    case .string(let text): return .int(text.unicodeScalars.count)
    case .list(let elements), .tuple(let elements): return .int(elements.count)
    case .mapping(let mapping): return .int(mapping.count)
    case .undefined: return .int(0)
    default: throw ChatTemplateError(.type("\(value.kind) has no length"), at: position)
    }
  }

  @Sendable private static func fallback(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let isMissing = value.isUndefined || (arguments.flag(1, "boolean") && !value.isTrue)
    return isMissing ? arguments.value(0, "default_value") ?? .string("") : value
  }

  @Sendable private static func items(_ value: Value, _ position: Position)
    throws(ChatTemplateError) -> Value
  {
    if value.isUndefined { return .generator([]) }
    guard case .mapping(let mapping) = value else {
      throw ChatTemplateError(.type("'items' takes an object, found \(value.kind)"), at: position)
    }
    return .generator(zip(mapping.keys, mapping.values).map { .tuple([.string($0), $1]) })
  }

  @Sendable private static func reverse(_ value: Value, _ position: Position)
    throws(ChatTemplateError) -> Value
  {
    if case .string(let text) = value { return .string(String(scalars: text.scalars.reversed())) }
    return .generator(try elements(value, position).reversed())
  }

  private static func title(_ text: String) -> String {
    var (result, isInside) = ("", false)
    for scalar in text.unicodeScalars {
      let separates = scalar.isPythonSpace || "-([{<".unicodeScalars.contains(scalar)
      let properties = scalar.properties
      result += isInside ? properties.lowercaseMapping : properties.uppercaseMapping
      isInside = !separates
    }
    return result
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "'": result += "&#39;"
      case "\"": result += "&#34;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  @Sendable private static func joined(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let separator = try arguments.text(0, "d", interpreter) ?? ""
    guard let attribute = arguments.value(1, "attribute") else {
      return try join(value, separator, arguments, interpreter)
    }
    var values: [Value] = []
    for element in try elements(value, arguments.position) {
      values.append(try member(attribute, of: element, arguments.position, interpreter))
    }
    return try join(.list(values), separator, arguments, interpreter)
  }

  static func join(
    _ value: Value, _ separator: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    let elements = try elements(value, position)
    var text = BoundedText(limit: interpreter.limits.bytes)
    try interpreter.bounded(position) { () throws(BoundedText.Fault) in
      for (i, element) in elements.enumerated() {
        if i > 0 { try text.append(separator) }
        try element.writeText(to: &text)
      }
    }
    try interpreter.charge(bytes: text.text.utf8.count, position)
    return .string(text.text)
  }

  @Sendable private static func format(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    guard arguments.named.isEmpty else {
      throw ChatTemplateError(.unsupported("'format' with names"), at: arguments.position)
    }
    let format = try interpreter.text(of: value, arguments.position)
    return try interpreter.formatted(format, .tuple(arguments.positional), arguments.position)
  }

  @Sendable private static func json(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    var indent: String?
    switch arguments.value(1, "indent") {
    case .string(let text)?: indent = text
    case let value?:
      if let width = value.integer {
        indent = String(repeating: " ", count: min(max(0, width), 64))
      }
    case nil: break
    }
    var separators: (String, String)?
    if let given = arguments.value(2, "separators"), given.elementCount == 2,
      let parts = given.elements
    {
      separators = (
        try interpreter.text(of: parts[0], arguments.position),
        try interpreter.text(of: parts[1], arguments.position)
      )
    }
    var text = JSONText(indent: indent, separators: separators, limit: interpreter.limits.bytes)
    text.isASCII = arguments.flag(0, "ensure_ascii")
    text.sortsKeys = arguments.flag(3, "sort_keys")
    try interpreter.bounded(arguments.position) { () throws(BoundedText.Fault) in
      try text.append(value)
    }
    try interpreter.charge(bytes: text.text.utf8.count, arguments.position)
    return .string(text.text)
  }

  @Sendable private static func indent(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let width: String
    if case .string(let text)? = arguments.value(0, "width") {
      width = text
    } else {
      width = String(
        repeating: " ", count: min(max(0, try arguments.integer(0, "width") ?? 4), 4096))
    }
    let (first, blank) = (arguments.flag(1, "first"), arguments.flag(2, "blank"))
    let text = try interpreter.text(of: value, arguments.position)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let indents = width.utf8.count.multipliedReportingOverflow(by: lines.count)
    let size = indents.partialValue.addingReportingOverflow(text.utf8.count)
    try interpreter.charge(
      bytes: indents.overflow || size.overflow ? .max : size.partialValue, arguments.position)
    return .string(
      lines.enumerated().map { i, line in
        (i == 0 ? first : blank || !line.isEmpty) ? width + line : String(line)
      }.joined(separator: "\n"))
  }
}
