import Formats

/// Filters on lists.
extension Filters {
  /// A member by a path such as `function.name` or `0`.
  static func member(
    _ path: Value, of value: Value, _ position: Position, _ interpreter: Interpreter,
    fallback: Value? = nil
  ) throws(ChatTemplateError) -> Value {
    guard case .string(let path) = path else {
      return try interpreter.item(path, of: value, position)
    }
    var value = value
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let index: Value = Int(part).map { .int($0) } ?? .string(String(part))
      value = try interpreter.item(index, of: value, position)
      if value.isUndefined, let fallback { value = fallback }
    }
    return value
  }

  @Sendable static func map(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    var results: [Value] = []
    if let attribute = arguments.named.first(where: { $0.name == "attribute" })?.value {
      let fallback = arguments.named.first { $0.name == "default" }?.value
      for element in try elements(value, position) {
        results.append(
          try member(attribute, of: element, position, interpreter, fallback: fallback))
      }
      return .generator(results)
    }
    guard case .string(let name)? = arguments.positional.first else {
      throw ChatTemplateError(.type("'map' takes a filter's name or attribute="), at: position)
    }
    let rest = Arguments(
      positional: Array(arguments.positional.dropFirst()), named: arguments.named,
      position: position)
    for element in try elements(value, position) {
      results.append(try interpreter.filter(name, element, rest))
    }
    return .generator(results)
  }

  static func select(keeps: Bool, byAttribute: Bool)
    -> @Sendable (Value, Arguments, Interpreter) throws(ChatTemplateError) -> Value
  {
    { value, arguments, interpreter throws(ChatTemplateError) in
      let position = arguments.position
      var rest = arguments.positional
      let attribute = byAttribute ? try arguments.required(0, "attribute") : nil
      if byAttribute { rest.removeFirst() }
      let test = rest.first
      rest = Array(rest.dropFirst())
      var kept: [Value] = []
      for element in try elements(value, position) {
        try interpreter.charge(position)
        let tested =
          try attribute.map { attribute throws(ChatTemplateError) in
            try member(attribute, of: element, position, interpreter)
          } ?? element
        let holds =
          try test.map { test throws(ChatTemplateError) in
            try interpreter.test(interpreter.text(of: test, position), tested, rest, position)
          } ?? tested.isTrue
        if holds == keeps { kept.append(element) }
      }
      return .generator(kept)
    }
  }

  /// What is compared: small letters, unless case counts.
  private static func key(
    _ element: Value, _ attribute: Value?, _ isCaseSensitive: Bool, _ position: Position,
    _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let value =
      try attribute.map { attribute throws(ChatTemplateError) in
        try member(attribute, of: element, position, interpreter)
      } ?? element
    try interpreter.charge(lookingAt: value, position)
    return isCaseSensitive ? value : value.small
  }

  private static func sorted(
    _ elements: [Value], by keys: [Value], reverse: Bool, _ position: Position,
    _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> [Value] {
    let rounds = 2 * (Int.bitWidth - elements.count.leadingZeroBitCount)
    for key in keys { try interpreter.charge(lookingAt: key, times: rounds, position) }
    var wrong: (Value, Value)?
    let order = elements.indices.sorted { a, b in
      let (x, y) = reverse ? (b, a) : (a, b)
      guard let less = Value.less(keys[x], keys[y]) else {
        wrong = (keys[x], keys[y])
        return a < b
      }
      if less { return true }
      return Value.less(keys[y], keys[x]) == false && a < b
    }
    if let (a, b) = wrong {
      throw ChatTemplateError(.type("there is no order of \(a.kind) and \(b.kind)"), at: position)
    }
    return order.map { elements[$0] }
  }

  @Sendable static func sort(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let elements = try elements(value, arguments.position)
    var keys: [Value] = []
    for element in elements {
      keys.append(
        try key(
          element, arguments.value(2, "attribute"), arguments.flag(1, "case_sensitive"),
          arguments.position, interpreter))
    }
    try interpreter.charge(elements.count * 8, arguments.position)
    return .list(
      try sorted(
        elements, by: keys, reverse: arguments.flag(0, "reverse"), arguments.position,
        interpreter))
  }

  @Sendable static func sortMembers(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    guard case .mapping(let mapping) = value else {
      throw ChatTemplateError(
        .type("'dictsort' takes an object, found \(value.kind)"), at: arguments.position)
    }
    let pairs = zip(mapping.keys, mapping.values).map { Value.tuple([.string($0), $1]) }
    let place: Value = .int(try arguments.string(1, "by") == "value" ? 1 : 0)
    var keys: [Value] = []
    for pair in pairs {
      keys.append(
        try key(pair, place, arguments.flag(0, "case_sensitive"), arguments.position, interpreter))
    }
    return .list(
      try sorted(
        pairs, by: keys, reverse: arguments.flag(2, "reverse"), arguments.position,
        interpreter))
  }

  @Sendable static func unique(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    var (kept, keys): ([Value], [Value]) = ([], [])
    for element in try elements(value, arguments.position) {
      try interpreter.charge(1 + keys.count, arguments.position)
      let key = try key(
        element, arguments.value(1, "attribute"), arguments.flag(0, "case_sensitive"),
        arguments.position, interpreter)
      try interpreter.charge(lookingAt: key, times: keys.count, arguments.position)
      guard !keys.contains(where: { Value.equal($0, key) }) else { continue }
      keys.append(key)
      kept.append(element)
    }
    return .generator(kept)
  }

  static func extreme(isMost: Bool)
    -> @Sendable (Value, Arguments, Interpreter) throws(ChatTemplateError) -> Value
  {
    { value, arguments, interpreter throws(ChatTemplateError) in
      var best: (element: Value, key: Value)?
      for element in try elements(value, arguments.position) {
        let key = try key(
          element, arguments.value(1, "attribute"), arguments.flag(0, "case_sensitive"),
          arguments.position, interpreter)
        guard let held = best else {
          best = (element, key)
          continue
        }
        guard let isBetter = isMost ? Value.less(held.key, key) : Value.less(key, held.key) else {
          throw ChatTemplateError(
            .type("there is no order of \(held.key.kind) and \(key.kind)"), at: arguments.position)
        }
        if isBetter { best = (element, key) }
      }
      return best?.element ?? .undefined("the extreme of nothing")
    }
  }

  @Sendable static func group(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    let attribute = try arguments.required(0, "attribute")
    let isCaseSensitive = arguments.flag(2, "case_sensitive")
    let elements = try elements(value, position)
    var (keys, shown): ([Value], [Value]) = ([], [])
    for element in elements {
      var found = try member(attribute, of: element, position, interpreter)
      if found.isUndefined { found = arguments.value(1, "default") ?? found }
      shown.append(found)
      try interpreter.charge(lookingAt: found, position)
      keys.append(isCaseSensitive ? found : found.small)
    }
    try interpreter.charge(elements.count * 8, position)
    let order = try sorted(
      elements.indices.map { .int($0) }, by: keys, reverse: false, position, interpreter
    ).compactMap(\.integer)
    var groups: [(key: Value, shown: Value, members: [Value])] = []
    for i in order {
      if let last = groups.last, Value.equal(last.key, keys[i]) {
        groups[groups.count - 1].members.append(elements[i])
      } else {
        groups.append((keys[i], shown[i], [elements[i]]))
      }
    }
    return .list(groups.map { .tuple([$0.shown, .list($0.members)]) })
  }

  @Sendable static func batch(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    guard let size = try arguments.integer(0, "linecount"), size >= 1 else {
      throw ChatTemplateError(.type("'batch' takes a number from 1"), at: arguments.position)
    }
    let elements = try elements(value, arguments.position)
    var batches: [Value] = []
    for start in stride(from: 0, to: elements.count, by: size) {
      var part = Array(elements[start..<min(start + size, elements.count)])
      if let filling = arguments.value(1, "fill_with"), part.count < size {
        try interpreter.charge(size, arguments.position)
        part += Array(repeating: filling, count: size - part.count)
      }
      batches.append(.list(part))
    }
    return .generator(batches)
  }
}

extension Value {
  /// A string in small letters; all else as it is.
  fileprivate var small: Value {
    if case .string(let text) = self { .string(text.lowercased()) } else { self }
  }
}
