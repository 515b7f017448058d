import IR
import Tensors

extension Elaborator {
  /// Gives a config its value: from the settings, from the configuration, or its own.
  func evaluate(_ item: ConfigItem) {
    let standard = item.value.map { expression in
      (try? evaluate(expression)).flatMap { configValue($0, item, expression) }
    }
    if case .some(.none) = standard {
      frame.set(item.name.text, Variable())
      return
    }
    let type = item.type?.name.text ?? (standard ?? nil)?.typeName ?? "Int"
    let keys = item.keys.isEmpty ? [item.name.text] : item.keys.map(\.text)
    let place = reporter.location(item.name.span)
    var origin = ModelDefinition.Config.Origin.standard
    var value = standard ?? nil
    var setBy: String?
    if let text = options.settings[item.name.text] {
      usedSettings.insert(item.name.text)
      guard let parsed = ConfigValue(text, type: type) else {
        reporter.error(
          .settingType(item.name.text, text, type: type),
          notes: ["'\(item.name.text)' is declared at \(place)"])
        frame.set(item.name.text, Variable())
        return
      }
      (value, origin, setBy) = (parsed, .set, "given with --set \(item.name.text)=\(text)")
    } else if let configuration = options.configuration {
      for key in keys {
        guard let scalar = configuration.value(forKey: key), scalar != .null else { continue }
        guard let parsed = ConfigValue(scalar, type: type) else {
          reporter.error(
            .configurationType(configuration.name, key, scalar, type: type),
            notes: ["it gives '\(item.name.text)' its value, declared at \(place)"])
          break
        }
        (value, origin) = (parsed, .configuration)
        setBy = "from \"\(key)\" in \(configuration.name)"
        break
      }
    }
    guard let value else {
      fail(item.name.span, .configNeedsValue(item.name.text, keys, options.configuration?.name))
      frame.set(item.name.text, Variable())
      return
    }
    configs.append(
      ModelDefinition.Config(name: item.name.text, value: value, origin: origin, keys: keys))
    frame.set(item.name.text, Variable(value: self.value(value, item, setBy)))
  }

  private func value(_ value: ConfigValue, _ item: ConfigItem, _ setBy: String?) -> Value {
    switch value {
    case .int(let number):
      .int(
        Extent(
          Dim(number),
          Provenance(
            .config(item.name.text, setBy: setBy), reporter.location(item.name.span))))
    case .float(let number): .float(number)
    case .bool(let flag): .bool(flag)
    case .string(let text): .string(text)
    case .floats(let numbers): .floats(numbers)
    case .strings(let texts): .strings(texts)
    }
  }

  /// The default as a value of the config's type.
  private func configValue(
    _ value: Value, _ item: ConfigItem, _ expression: Expression
  ) -> ConfigValue? {
    if let type = item.type, !matches(value, scalar: type.name.text) {
      fail(
        expression.span,
        .wrongKind("config '\(item.name.text)'", expected: type.name.text, found: value.kind))
      return nil
    }
    switch converted(value, to: item.type) {
    case .int(let extent):
      if let number = extent.dim.value { return .int(number) }
      fail(expression.span, .symbolicNumber(extent.dim, use: "a config"))
      return nil
    case .float(let number): return .float(number)
    case .bool(let flag): return .bool(flag)
    case .string(let text): return .string(text)
    case .floats(let numbers): return .floats(numbers)
    case .strings(let texts): return .strings(texts)
    case let other:
      fail(expression.span, .notAConfigType(other.kind))
      return nil
    }
  }

  /// Reports settings that no config of the model takes.
  func checkSettings(_ model: ModelDeclaration) {
    let known = model.body.statements.flatMap { statement -> [String] in
      if case .config(let items) = statement.kind { items.map(\.name.text) } else { [] }
    }
    for name in options.settings.keys.sorted() where !known.contains(name) {
      reporter.error(
        .unknownSetting(name, model.name.text, known, configs.map { ($0.name, $0.value) }))
    }
  }
}

extension ConfigValue {
  /// The value that a `--set` gives as text; commas stand between the elements of a list.
  init?(_ text: String, type: String) {
    switch type {
    case "Int":
      guard let number = text.wholeNumber else { return nil }
      self = .int(number)
    case "Float":
      guard let number = text.realNumber, number.isFinite else { return nil }
      self = .float(number)
    case "Bool":
      guard let flag = Bool(text) else { return nil }
      self = .bool(flag)
    case "[Float]":
      let parts = text.split(separator: ",").map { String($0).realNumber }
      let numbers = parts.compactMap { $0 }.filter(\.isFinite)
      guard numbers.count == parts.count else { return nil }
      self = .floats(numbers)
    case "[String]": self = .strings(text.split(separator: ",").map(String.init))
    default: self = .string(text)
    }
  }

  /// The value that a configuration gives.
  init?(_ scalar: ConfigurationScalar, type: String) {
    switch (scalar, type) {
    case (.int(let number), "Int"): self = .int(number)
    case (.int(let number), "Float"): self = .float(Double(number))
    case (.double(let number), "Float") where number.isFinite: self = .float(number)
    case (.bool(let flag), "Bool"): self = .bool(flag)
    case (.string(let text), "String"): self = .string(text)
    case (.list(let elements), "[Float]"):
      let numbers = elements.compactMap { element -> Double? in
        if case .float(let number)? = ConfigValue(element, type: "Float") { number } else { nil }
      }
      guard numbers.count == elements.count else { return nil }
      self = .floats(numbers)
    case (.list(let elements), "[String]"):
      let texts = elements.compactMap { element -> String? in
        if case .string(let text) = element { text } else { nil }
      }
      guard texts.count == elements.count else { return nil }
      self = .strings(texts)
    default: return nil
    }
  }
}
