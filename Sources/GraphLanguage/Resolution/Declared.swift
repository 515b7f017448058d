import Tensors

/// A name that a program declared.
struct Declared {
  /// What declared it.
  enum Kind: Equatable {
    case argument, dimension, config, input, symbol, parameter, state, constant, variable, counter

    /// How messages call it.
    var phrase: String {
      switch self {
      case .argument: "an argument"
      case .dimension: "a dimension"
      case .config: "a config"
      case .input: "an input"
      case .symbol: "a symbolic dimension"
      case .parameter: "a parameter"
      case .state: "a state"
      case .constant: "a constant"
      case .variable: "a variable"
      case .counter: "the loop's counter"
      }
    }
  }

  var kind: Kind
  var span: Span
  var isUsed = false
}

/// The words for element types.
enum DTypeNames {
  static let all = DType.allCases.map(\.rawValue)

  /// The types of arguments and configs that are no tensors.
  static let scalars = configs.union(["DType", "[Int]"])

  /// The types of configs.
  static let configs: Set<String> = ["Int", "Float", "Bool", "String", "[Float]", "[String]"]
}

/// The functions on numbers.
enum NumberFunction: String, CaseIterable {
  case sqrt, exp, log, pow, min, max, abs, floor
  case int = "Int"
  case float = "Float"

  /// How many numbers it takes.
  var arity: Int {
    switch self {
    case .pow, .min, .max: 2
    default: 1
    }
  }
}
