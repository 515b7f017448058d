import Formats

/// A value of a running template: Python's kinds, as far as templates meet them.
indirect enum Value {
  /// Nothing of that name is there.
  case undefined(String)
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Value])
  case tuple([Value])
  /// What `map` and `select` give: elements without a length.
  case generator([Value])
  case mapping(Mapping)
  case namespace(Namespace)
  case loop(LoopState)
  case callable(Callable)

  /// The value of a JSON document.
  init(_ json: JSONValue) {
    self =
      switch json {
      case .null: .none
      case .bool(let value): .bool(value)
      case .integer(let value): .int(value)
      case .number(let value): .double(value)
      case .string(let value): .string(value)
      case .array(let elements): .list(elements.map(Value.init))
      case .object(let object):
        .mapping(Mapping(zip(object.keys, object.values).map { ($0, Value($1)) }))
      }
  }

  /// What a message calls it.
  var kind: String {
    switch self {
    case .undefined: "undefined"
    case .none: "none"
    case .bool: "a truth value"
    case .int: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .generator: "a generator"
    case .mapping: "an object"
    case .namespace: "a namespace"
    case .loop: "a loop"
    case .callable: "a function"
    }
  }

  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let value): !value.isEmpty
    case .list(let elements), .tuple(let elements): !elements.isEmpty
    case .mapping(let mapping): mapping.count > 0
    case .generator, .namespace, .loop, .callable: true
    }
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }

  /// A number, where it is one; truth values count.
  var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// An integer, where it is one; truth values count.
  var integer: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    default: nil
    }
  }

  /// How many elements a loop goes over, counted without making them.
  var elementCount: Int? {
    switch self {
    case .undefined: 0
    case .string(let text): text.unicodeScalars.count
    case .list(let elements), .tuple(let elements), .generator(let elements): elements.count
    case .mapping(let mapping): mapping.count
    default: nil
    }
  }

  /// Elements that a loop goes over; nil where there is no going over it.
  var elements: [Value]? {
    switch self {
    case .undefined: []
    case .string(let text): text.unicodeScalars.map { .string(String($0)) }
    case .list(let elements), .tuple(let elements), .generator(let elements): elements
    case .mapping(let mapping): mapping.keys.map { .string($0) }
    default: nil
    }
  }
}

/// A Python dict whose keys are strings, in the order of their making.
struct Mapping {
  private(set) var keys: [String] = []
  private(set) var values: [Value] = []
  private var places: [ExactString: Int] = [:]

  init(_ members: [(String, Value)] = []) {
    for (key, value) in members { set(key, value) }
  }

  var count: Int { keys.count }

  subscript(key: String) -> Value? { places[ExactString(key)].map { values[$0] } }

  mutating func set(_ key: String, _ value: Value) {
    if let place = places[ExactString(key)] {
      values[place] = value
    } else {
      places[ExactString(key)] = keys.count
      keys.append(key)
      values.append(value)
    }
  }
}

/// What `namespace()` makes: the one thing that a template can change.
final class Namespace {
  var members: Mapping
  init(_ members: Mapping) { self.members = members }
}

/// What can be called.
indirect enum Callable {
  /// A function of the language.
  case function(String)
  /// A method of a value.
  case method(Value, String)
  case macro(Macro)
  /// What `cycler` and `joiner` make.
  case cycler(Turn, [Value])
  case joiner(Turn, String)
}

/// How often something was called.
final class Turn {
  var count = 0
}

/// A macro, or the body of a `call` block.
final class Macro {
  let name: String
  let signature: Statement.Signature
  let body: [Statement]
  let scope: Scope

  init(_ name: String, _ signature: Statement.Signature, _ body: [Statement], _ scope: Scope) {
    self.name = name
    self.signature = signature
    self.body = body
    self.scope = scope
  }
}

/// What a loop's body sees as `loop`.
final class LoopState {
  let elements: [Value]
  let depth: Int
  /// The loop itself and where it stands, where it may be called again.
  let recursion: (loop: Statement.Loop, scope: Scope)?
  var index = 0
  var last: Value?

  init(_ elements: [Value], depth: Int, recursion: (Statement.Loop, Scope)?) {
    self.elements = elements
    self.depth = depth
    self.recursion = recursion
  }

  func member(_ name: String) -> Value? {
    switch name {
    case "index": .int(index + 1)
    case "index0": .int(index)
    case "revindex": .int(elements.count - index)
    case "revindex0": .int(elements.count - index - 1)
    case "first": .bool(index == 0)
    case "last": .bool(index == elements.count - 1)
    case "length": .int(elements.count)
    case "depth": .int(depth)
    case "depth0": .int(depth - 1)
    case "previtem": index > 0 ? elements[index - 1] : .undefined("there is no previous item")
    case "nextitem":
      index + 1 < elements.count ? elements[index + 1] : .undefined("there is no next item")
    case "cycle", "changed": .callable(.method(.loop(self), name))
    default: nil
    }
  }
}

/// Names and their values, inside of another scope.
final class Scope {
  let parent: Scope?
  private var values: [ExactString: Value] = [:]

  init(parent: Scope?) { self.parent = parent }

  subscript(name: String) -> Value? {
    let key = ExactString(name)
    var scope: Scope? = self
    while let here = scope {
      if let value = here.values[key] { return value }
      scope = here.parent
    }
    return nil
  }

  func set(_ name: String, _ value: Value) { values[ExactString(name)] = value }

  func removeAll() { values = [:] }
}
