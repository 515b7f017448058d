/// The tests: what stands after `is`.
enum Tests {
  struct Test: Sendable {
    /// How many arguments it takes.
    var count = 0
    var apply: @Sendable (Value, [Value], Interpreter, Position) throws(ChatTemplateError) -> Bool
  }

  static let table: [String: Test] = {
    var table: [String: Test] = [
      "boolean": kind { if case .bool = $0 { true } else { false } },
      "callable": kind { if case .callable = $0 { true } else { false } },
      "defined": kind { !$0.isUndefined },
      "undefined": kind(\.isUndefined),
      "none": kind { if case .none = $0 { true } else { false } },
      "true": kind { if case .bool(true) = $0 { true } else { false } },
      "false": kind { if case .bool(false) = $0 { true } else { false } },
      "string": kind { if case .string = $0 { true } else { false } },
      "number": kind { $0.number != nil },
      "integer": kind { if case .int = $0 { true } else { false } },
      "float": kind { if case .double = $0 { true } else { false } },
      "mapping": kind { if case .mapping = $0 { true } else { false } },
      "iterable": kind { value in
        switch value {
        case .loop, .undefined, .string, .list, .tuple, .generator, .mapping: true
        default: false
        }
      },
      "sequence": kind { value in
        switch value {
        case .string, .list, .tuple, .mapping, .undefined: true
        default: false
        }
      },
      "escaped": kind { _ in false },
      "lower": text { Methods.hasCase($0, lower: true) },
      "upper": text { Methods.hasCase($0, lower: false) },
      "odd": Test { value, _, _, position throws(ChatTemplateError) in
        try rest(value, 2, position) != 0
      },
      "even": Test { value, _, _, position throws(ChatTemplateError) in
        try rest(value, 2, position) == 0
      },
      "divisibleby": Test(count: 1) { value, arguments, _, position throws(ChatTemplateError) in
        try rest(value, arguments[0].integer ?? 0, position) == 0
      },
      "sameas": Test(count: 1) {
        value, arguments, interpreter, position throws(ChatTemplateError) in
        guard value.kind == arguments[0].kind else { return false }
        return try interpreter.compare("==", value, arguments[0], position)
      },
      "filter": text { Filters.table[$0] != nil },
      "test": text {
        ["defined", "none", "string", "mapping"].contains($0) || known.contains($0)
      },
    ]
    for (names, sign) in [
      (["eq", "equalto", "=="], "=="), (["ne", "!="], "!="), (["lt", "lessthan", "<"], "<"),
      (["le", "<="], "<="), (["gt", "greaterthan", ">"], ">"), (["ge", ">="], ">="), (["in"], "in"),
    ] {
      for name in names {
        table[name] = Test(count: 1) {
          value, arguments, interpreter, position throws(ChatTemplateError) in
          try interpreter.compare(sign, value, arguments[0], position)
        }
      }
    }
    return table
  }()

  private static let known: Set<String> = [
    "boolean", "callable", "undefined", "true", "false", "number", "integer", "float", "iterable",
    "sequence", "lower", "upper", "odd", "even", "divisibleby", "sameas", "eq", "ne", "lt", "le",
    "gt",
    "ge", "in", "filter", "test",
  ]

  private static func kind(_ isSo: @escaping @Sendable (Value) -> Bool) -> Test {
    Test { value, _, _, _ throws(ChatTemplateError) in isSo(value) }
  }

  private static func text(_ isSo: @escaping @Sendable (String) -> Bool) -> Test {
    Test { value, _, interpreter, position throws(ChatTemplateError) in
      isSo(try interpreter.text(of: value, position))
    }
  }

  /// What is left, with the sign of the value: asked whether it is 0.
  private static func rest(
    _ value: Value, _ divisor: Int, _ position: Position
  ) throws(ChatTemplateError) -> Int {
    guard let integer = value.integer, divisor != 0 else {
      if case .undefined(let what) = value {
        throw ChatTemplateError(.undefined(what), at: position)
      }
      throw ChatTemplateError(
        .type("there is no rest of \(value.kind) by \(divisor)"), at: position)
    }
    return integer.remainderReportingOverflow(dividingBy: divisor).partialValue
  }
}
