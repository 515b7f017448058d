import IR
import Tensors

// What is said about numbers, types and parameters.
extension Message {
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
    case "[Float]": "a list of Floats"
    case "[String]": "a list of Strings"
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

  static func stateNameTaken(_ name: String) -> Message {
    Message(
      "two states are called '\(name)'",
      help: "call the layer that declares it with another name: Layer(…) as name")
  }

  static func sharedStateTypes(_ name: String, _ a: TensorType, _ b: TensorType) -> Message {
    Message("state '\(name)' is \(a) in one entry and \(b) in another")
  }

  static func changesNoState(_ text: String) -> Message {
    Message(
      "'\(text)' is no state, so nothing can be appended to it", help: "declare it with 'state'")
  }

  static func stateIsGone(_ text: String) -> Message {
    Message(
      "'\(text)' is the state as it was before a change",
      help: "use what the change gave: let changed = append(…)")
  }

  static func stateIsReadBefore(_ text: String) -> Message {
    Message(
      "'\(text)' is changed here and read elsewhere as it was",
      help: "read what the change gives")
  }

  static var outputsState: Message {
    Message(
      "a state can't be an output", help: "it stays in memory from run to run; output what is read")
  }

  static func negativeDeviation(_ value: Double) -> Message {
    Message("a deviation can't be negative, found \(value)")
  }

  static func emptyRange(_ low: Double, _ high: Double) -> Message {
    Message("low must be below high, found \(low) and \(high)")
  }
}
