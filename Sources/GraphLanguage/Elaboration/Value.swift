import IR
import Tensors

/// What an expression stands for while a model is elaborated.
enum Value {
  case tensor(ValueID)
  /// A whole number, or a symbolic dimension.
  case int(Extent)
  case float(Double)
  case bool(Bool)
  case string(String)
  case list([Extent])
  case floats([Double])
  case strings([String])
  case dtype(DType)
  case none
  /// What a layer or op with several results gives.
  case results([ValueID])

  var tensor: ValueID? { if case .tensor(let id) = self { id } else { nil } }

  /// The number, where it is known and real or whole.
  var number: Double? {
    switch self {
    case .int(let extent): extent.dim.value.map(Double.init)
    case .float(let value): value
    default: nil
    }
  }

  /// The element type that the value takes as an operand next to tensors of type `common`.
  func dtype(beside common: DType?) -> DType {
    switch self {
    case .bool: .bool
    case .int: common ?? .i32
    default: common ?? .f32
    }
  }

  var isNumber: Bool {
    switch self {
    case .int, .float: true
    default: false
    }
  }

  /// The type's name in the language; tensors are "a tensor".
  var kind: String {
    switch self {
    case .tensor: "a tensor"
    case .int: "an Int"
    case .float: "a Float"
    case .bool: "a Bool"
    case .string: "a String"
    case .list: "a list of Ints"
    case .floats: "a list of Floats"
    case .strings: "a list of Strings"
    case .dtype: "an element type"
    case .none: "nil"
    case .results: "several results"
    }
  }
}

/// A statement or expression that has no meaning; why was reported.
struct ElaborationFailure: Error {}
