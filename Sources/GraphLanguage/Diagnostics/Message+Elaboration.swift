import IR
import Tensors

// What is said when a model's statements are run.
extension Message {
  // MARK: Entries

  static func withoutOutput(_ entry: String?) -> Message {
    Message(
      entry.map { "entry '\($0)' has no output" } ?? "the model has no output",
      help: "write 'output NAME = …'")
  }

  static func entryTwice(_ name: String) -> Message { Message("there are two entries '\(name)'") }

  static func inputTwice(_ name: String) -> Message { Message("there are two inputs '\(name)'") }

  static func outputTwice(_ name: String) -> Message { Message("there are two outputs '\(name)'") }

  static func noModel(_ file: String) -> Message {
    Message("'\(file)' declares no model", help: "write 'model NAME { … }'")
  }

  static func unknownModel(_ name: String, known: [String]) -> Message {
    Message(
      "there is no model '\(name)'", help: Suggestion.help(for: name, among: known))
  }

  static func severalModels(_ names: [String]) -> Message {
    Message("the file declares the models \(Suggestion.quotedList(names))", help: "choose one")
  }

  static func requirementFailed(_ condition: String, _ message: String?) -> Message {
    Message(
      message.map { "the model needs \($0)" } ?? "'\(condition)' doesn't hold",
      help: message == nil ? nil : "\(condition) must hold")
  }

  // MARK: Limits

  static var tooManySteps: Message {
    Message("the model takes more than \(Limits.steps) steps to elaborate")
  }

  static var tooManyNodes: Message { Message("the model has more than \(Limits.nodes) nodes") }

  static func tooManyTrips(from start: Int, to end: Int) -> Message {
    Message("\(start) ..< \(end) are more than \(Limits.trips) trips")
  }

  static var callsTooDeep: Message {
    Message("more than \(Limits.callDepth) layers call each other in a chain")
  }

  // MARK: Configs

  static func configNeedsValue(_ name: String, _ keys: [String], _ configuration: String?)
    -> Message
  {
    let list = Suggestion.quotedList(keys, "or")
    return Message(
      "config '\(name)' has no value",
      help: "give one with --set \(name)=…, or \(list) in \(configuration ?? "config.json")")
  }

  static func settingType(_ name: String, _ text: String, type: String) -> Message {
    Message(
      "--set \(name)=\(text.shortened(to: 60)): '\(name)' is \(typePhrase(type))",
      help: type == "Bool" ? "write true or false" : nil)
  }

  static func unknownSetting(
    _ name: String, _ model: String, _ known: [String], _ values: [(String, ConfigValue)]
  ) -> Message {
    let list = values.map { "\($0)=\($1)" }.joined(separator: ", ")
    return Message(
      "--set \(name): model '\(model)' has no config '\(name)'",
      help: Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty
          ? "it has none" : "there is " + (list.isEmpty ? Suggestion.quotedList(known) : list)))
  }

  static func configurationType(
    _ file: String, _ key: String, _ found: ConfigurationScalar, type: String
  ) -> Message {
    let text =
      switch found {
      case .int(let value): "\(value)"
      case .double(let value): "\(value)"
      case .bool(let value): "\(value)"
      case .string(let text): StringEscapes.quoted(text.shortened(to: 60))
      case .null: "null"
      case .other(let kind): kind
      }
    return Message("\(file): \"\(key)\" must be \(typePhrase(type)), found \(text)")
  }

  private static func typePhrase(_ type: String) -> String {
    switch type {
    case "Int": "an Int, a whole number"
    case "Float": "a Float, a number"
    case "Bool": "a Bool, true or false"
    default: "a String"
    }
  }

  // MARK: Numbers

  static func floatTooLarge(_ digits: String) -> Message {
    Message("\(digits.shortened(to: 40)) doesn't fit a 64-bit Float")
  }

  static func symbolicNumber(_ dim: Dim, use: String) -> Message {
    Message(
      "\(use) must be known now; \(dim) is known only when the model runs",
      help: dim.symbol.map { "write a number or a config in the input's type instead of '\($0)'" })
  }

  static func symbolicComparison(_ text: String) -> Message {
    Message(
      "whether \(text) holds is known only when the model runs",
      help: "conditions hang on configs and arguments; on tensors there is where(…)")
  }

  static func dimension(_ error: DimError) -> Message { Message("\(error)") }

  static func arithmetic(_ error: DimError, _ text: String) -> Message {
    switch error {
    case .inexactDivision(let a, let b):
      let symbolic = a.value == nil || b.value == nil
      return Message(
        symbolic
          ? "\(text) isn't a whole number for every size: \(a) is not divisible by \(b)"
          : "\(text) isn't a whole number: \(a) is not divisible by \(b)",
        help: symbolic ? nil : "for a Float, write Float(…) / …")
    case .divisionByZero: return Message("\(text) divides by 0")
    case .overflow: return Message("\(text) doesn't fit a 64-bit integer")
    default: return Message("\(text): \(error)")
    }
  }

  static func notFinite(_ text: String) -> Message { Message("\(text) isn't a finite number") }

  static func numberDoesNotFit(_ number: Int, _ dtype: DType) -> Message {
    Message("\(number) doesn't fit \(dtype)")
  }

  static func floatBesideInteger(_ text: String, _ dtype: DType) -> Message {
    Message(
      "\(text) is a Float beside a tensor of \(dtype)",
      help: dtype == .bool
        ? "convert the tensor first: cast(…, f32)"
        : "write a whole number, or convert the tensor: cast(…, f32)")
  }

  static func numberBesideBool(_ text: String) -> Message {
    Message(
      "\(text) is a number beside a tensor of bool",
      help: "write true or false, or convert the tensor: cast(…, i32)")
  }

  static func boolBesideNumbers(_ dtype: DType) -> Message {
    Message("a Bool stands beside a tensor of \(dtype)", help: "compare the tensor: x != 0")
  }

  static func notANumber(_ found: String) -> Message {
    Message("expected a number, found \(found)")
  }

  static func notAnInt(_ use: String, found: String) -> Message {
    Message(
      "\(use) must be an Int, found \(found)",
      help: found == "a Float" ? "Int(…) cuts the fraction off" : nil)
  }

  static func notABool(_ found: String) -> Message {
    Message("a condition must be a Bool, found \(found)")
  }

  static var tensorCondition: Message {
    Message(
      "a condition can't hang on a tensor",
      help: "it is decided before the model runs; where(condition, a, b) chooses by element")
  }

  static func wrongOperand(_ op: String, _ found: String) -> Message {
    Message("'\(op)' doesn't take \(found)")
  }

  static func wrongOperands(_ op: String, _ a: String, _ b: String) -> Message {
    Message("'\(op)' doesn't take \(a) and \(b)")
  }

  static func operatorOnTensors(_ op: String) -> Message {
    Message("'\(op)' works on Ints only, not on tensors")
  }

  static func operatorWithoutOp(_ label: String, _ op: String) -> Message {
    Message("'\(label)' needs the op '\(op)', which isn't registered")
  }

  static func argumentCount(_ name: String, takes: Int, found: Int) -> Message {
    Message("'\(name)' takes \(takes) number\(takes == 1 ? "" : "s"), found \(found)")
  }

  static func numberFunctionOnTensor(_ name: String, _ ops: OpTable) -> Message {
    let op =
      ["min": "minimum", "max": "maximum", "floor": nil, "Int": "cast", "Float": "cast"][name]
      ?? nil
    return Message(
      "'\(name)' works on numbers, not on tensors",
      help: op.flatMap { ops[$0] == nil ? nil : "for tensors there is \($0)(…)" })
  }

  // MARK: Types

  static func wrongKind(_ what: String, expected: String, found: String) -> Message {
    var help: String?
    if expected == "Int", found == "a Float" { help = "Int(…) cuts the fraction off" }
    if expected == "String", found != "a String" { help = "a String stands in quotes" }
    return Message("\(what) must be \(phrase(expected)), found \(found)", help: help)
  }

  private static func phrase(_ type: String) -> String {
    switch type {
    case "Int": "an Int"
    case "Float": "a Float"
    case "Bool": "a Bool"
    case "String": "a String"
    case "DType": "an element type such as f32"
    case "[Int]": "a list of Ints"
    default: "a tensor \(type)"
    }
  }

  static func wrongType(_ what: String, expected: TensorType, found: TensorType) -> Message {
    Message("\(what) must be \(expected), found \(found)")
  }

  static func typeChanges(_ name: String, from: TensorType, to: TensorType) -> Message {
    Message(
      "'\(name)' is \(from) and can't become \(to)",
      help: "a 'var' keeps its type: use another name")
  }

  static func kindChanges(_ name: String, from: String, to: String) -> Message {
    Message("'\(name)' is \(from) and can't become \(to)")
  }

  static var unknownLeadingAxes: Message {
    Message("no argument of this layer says what '...' stands for")
  }

  static func leadingAxesDiffer(
    _ name: String, _ layer: String, _ known: [Dim], owner: String, _ found: [Dim]
  ) -> Message {
    Message(
      "'...' of '\(layer)' is \(Shape(known)) from '\(owner)', but \(Shape(found)) in '\(name)'")
  }

  static func extentBelowOne(_ value: Int, what: String) -> Message {
    Message("an extent of \(what) must be at least 1, found \(value)")
  }

  static func tooLarge(_ type: TensorType, what: String) -> Message {
    Message("\(what) of type \(type) has more bytes than 64 bits can count")
  }

  static func notATensor(_ found: String) -> Message {
    Message("expected a tensor, found \(found)")
  }

  // MARK: Parameters

  static func symbolicParameter(_ name: String, _ symbol: String) -> Message {
    Message(
      "parameter '\(name)' hangs on '\(symbol)', which is known only when the model runs",
      help: "a parameter's extents are numbers, configs and arguments")
  }

  static func parameterNameTaken(_ name: String) -> Message {
    Message(
      "two parameters are called '\(name)'",
      help: "name the layers with 'as', or a parameter with 'as \(name)_2'")
  }

  static func parameterSharedByAccident(_ name: String, isLoop: Bool) -> Message {
    Message(
      isLoop
        ? "each trip of the loop would share the parameter '\(name)'"
        : "this call would share the parameter '\(name)' with another",
      help: "name the call with 'as': … as \(isLoop ? "layers[i]" : "dense"); "
        + "the same name twice shares on purpose")
  }

  static func parameterInLoop(_ name: String) -> Message {
    Message(
      "each trip of the loop declares the parameter '\(name)' again",
      help: "declare it before the loop to share it, or in a layer that is called as layers[i]")
  }

  static func unboundDimension(_ name: String, bringer: String) -> Message {
    Message("'\(name)' has no value here: '\(bringer)', which brings it along, is nil")
  }

  static var unexplained: Message { Message("the model can't be elaborated") }

  static func sharedParameterTypes(_ name: String, _ a: TensorType, _ b: TensorType) -> Message {
    Message("parameter '\(name)' is \(a) in one place and \(b) in another")
  }

  static func negativeDeviation(_ value: Double) -> Message {
    Message("a deviation can't be negative, found \(value)")
  }

  static func emptyRange(_ low: Double, _ high: Double) -> Message {
    Message("low must be below high, found \(low) and \(high)")
  }

  // MARK: Calls

  static func severalResults(_ count: Int) -> Message {
    Message("this gives \(count) results", help: "take them apart: let (a, b) = …")
  }

  static func resultCount(names: Int, found: Int) -> Message {
    Message(
      "\(names) name\(names == 1 ? " is" : "s are") given for \(found) result\(found == 1 ? "" : "s")",
      help: names == 1 ? "take them apart: let (a, b) = …; '_' ignores one" : nil)
  }

  static func returnCount(_ layer: String, expected: Int, found: Int) -> Message {
    Message(
      "'\(layer)' is declared to return \(expected) tensor\(expected == 1 ? "" : "s"), found \(found)"
    )
  }

  static func returnsNoTensor(_ found: String) -> Message {
    Message("a layer returns tensors, found \(found)")
  }

  static func returnsNothing(_ layer: String) -> Message {
    Message(
      "layer '\(layer)' ends without 'return'",
      help: "with these arguments no condition leads to one")
  }

  static func outputsNoTensor(_ found: String) -> Message {
    Message("an output is a tensor, found \(found)")
  }

  static func tooManyArguments(_ op: String, takes: Int, form: OpSignature) -> Message {
    Message(
      "'\(op)' takes at most \(takes) argument\(takes == 1 ? "" : "s")",
      help: "it is \(self.form(form))")
  }

  static func missingOperands(_ signature: OpSignature, _ missing: [String]) -> Message {
    Message(
      "'\(signature.name)' needs \(Suggestion.quotedList(missing))",
      help: "it is \(form(signature))")
  }

  /// `softmax(x, axis: -1)`: how an op is called.
  private static func form(_ signature: OpSignature) -> String {
    var parts = signature.operands.map { operand in
      switch operand.presence {
      case .required: operand.name
      case .optional: "\(operand.name): …"
      case .variadic: "\(operand.name)…"
      }
    }
    parts += signature.attributes.map { "\($0.name): \($0.fallback?.description ?? "…")" }
    return "\(signature.name)(\(parts.joined(separator: ", ")))"
  }

  static func operandIsNil(_ operand: String, of op: String) -> Message {
    Message("'\(operand)' of '\(op)' can't be nil")
  }

  static func operandKind(_ operand: String, of op: String, found: String) -> Message {
    Message("'\(operand)' of '\(op)' must be a tensor, found \(found)")
  }

  static func attributeKind(
    _ attribute: OpSignature.Attribute, of op: String, found: String
  ) -> Message {
    Message("'\(attribute.name)' of '\(op)' must be \(attribute.kind), found \(found)")
  }

  static func attributeMismatch(
    _ attribute: OpSignature.Attribute, of op: String, found: AttributeValue
  ) -> Message {
    if case .string(let choices) = attribute.kind, case .string(let word) = found {
      return Message(
        "'\(attribute.name)' of '\(op)' can't be \(found)",
        help: Suggestion.help(for: word, among: choices))
    }
    let isSymbolic =
      switch found {
      case .dim(let dim): dim.value == nil
      case .dims(let dims): dims.contains { $0.value == nil }
      default: false
      }
    return Message(
      "'\(attribute.name)' of '\(op)' must be \(attribute.kind), found \(found)"
        + (isSymbolic ? ", which is known only when the model runs" : ""))
  }

  // MARK: Subscripts

  static func notSubscriptable(_ found: String) -> Message {
    Message("only tensors and lists have positions, found \(found)")
  }

  static var severalEllipses: Message { Message("'...' stands twice") }

  static func tooManySubscripts(_ text: String, _ type: TensorType, found: Int) -> Message {
    Message("\(text) is \(type) and has \(type.rank) axes, found \(found) subscripts")
  }

  static var listSubscript: Message {
    Message("a list has one position at a time", help: "write shape[0]")
  }

  static func listPosition(_ position: Int, count: Int) -> Message {
    Message("position \(position) is outside of a list of \(count)")
  }

  static func positionOutside(
    _ position: Int, axis: Int, _ text: String, _ type: TensorType
  ) -> Message {
    Message("position \(position) is outside of axis \(axis): \(text) is \(type)")
  }

  static func emptySlice(from start: Int, to end: Int) -> Message {
    Message("\(start) ..< \(end) holds nothing")
  }
}
