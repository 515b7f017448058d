/// Methods of strings, lists and objects that change nothing.
enum Methods {
  private static let strings: Set<String> = [
    "capitalize", "count", "endswith", "find", "index", "isalnum", "isalpha", "isascii", "isdigit",
    "islower", "isnumeric", "isspace", "isupper", "join", "lower", "lstrip", "partition",
    "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip",
    "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper", "zfill",
  ]
  private static let lists: Set<String> = ["count", "index", "copy"]
  private static let mappings: Set<String> = ["copy", "get", "items", "keys", "values"]
  /// What Python's values have and jinja2's sandbox refuses.
  private static let changing: Set<String> = [
    "append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault",
    "sort",
    "update",
  ]

  static func names(of value: Value) -> Set<String> {
    switch value {
    case .string: strings
    case .list:
      lists.union(["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"])
    case .tuple: ["count", "index"]
    case .callable(.cycler): ["next", "reset"]
    case .mapping: mappings.union(["clear", "pop", "popitem", "setdefault", "update"])
    default: []
    }
  }

  static func call(
    _ name: String, of value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    switch value {
    case .string(let text):
      try interpreter.charge(bytes: text.utf8.count, position)
      return try StringMethods.call(name, text, arguments, interpreter)
    case .loop(let state):
      for value in arguments.positional { try interpreter.charge(lookingAt: value, position) }
      return loop(name, state, arguments)
    case .callable(.cycler(let turn, let values)):
      defer { turn.count = name == "next" ? turn.count + 1 : 0 }
      return name == "next" ? values[turn.count % values.count] : .none
    case .list(let elements) where lists.contains(name), .tuple(let elements):
      if name != "copy" { try interpreter.charge(lookingAt: value, position) }
      return try list(name, elements, value, arguments)
    case .mapping(let mapping) where mappings.contains(name):
      if ["keys", "values", "items"].contains(name) {
        try interpreter.charge(mapping.count, position)
      }
      return try Methods.mapping(name, mapping, arguments)
    default:
      throw ChatTemplateError(
        .type("'\(name)' would change \(value.kind), and templates can't"), at: position)
    }
  }

  private static func loop(_ name: String, _ state: LoopState, _ arguments: Arguments) -> Value {
    if name == "cycle" {
      guard !arguments.positional.isEmpty else { return .undefined("'cycle' of nothing") }
      return arguments.positional[state.index % arguments.positional.count]
    }
    let value = Value.tuple(arguments.positional)
    defer { state.last = value }
    return .bool(state.last.map { !Value.equal($0, value) } ?? true)
  }

  private static func list(
    _ name: String, _ elements: [Value], _ value: Value, _ arguments: Arguments
  ) throws(ChatTemplateError) -> Value {
    if name == "copy" { return value }
    let wanted = try arguments.required(0, "value")
    if name == "count" { return .int(elements.count { Value.equal($0, wanted) }) }
    guard let place = elements.firstIndex(where: { Value.equal($0, wanted) }) else {
      throw ChatTemplateError(.type("'index' finds no such element"), at: arguments.position)
    }
    return .int(place)
  }

  private static func mapping(
    _ name: String, _ mapping: Mapping, _ arguments: Arguments
  ) throws(ChatTemplateError) -> Value {
    switch name {
    case "keys": return .list(mapping.keys.map { .string($0) })
    case "values": return .list(mapping.values)
    case "items": return .list(zip(mapping.keys, mapping.values).map { .tuple([.string($0), $1]) })
    case "copy": return .mapping(mapping)
    default:
      let fallback = arguments.value(1, "default") ?? .none
      guard case .string(let key) = try arguments.required(0, "key") else { return fallback }
      return mapping[key] ?? fallback
    }
  }

  /// Whether there are letters, and all of one case.
  static func hasCase(_ text: String, lower: Bool) -> Bool {
    var seen = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      if lower ? properties.isUppercase : properties.isLowercase { return false }
      if properties.generalCategory == .titlecaseLetter { return false }
      seen = seen || (lower ? properties.isLowercase : properties.isUppercase)
    }
    return seen
  }
}
