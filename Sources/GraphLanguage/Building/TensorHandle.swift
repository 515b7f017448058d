import IR
import Tensors

/// A tensor of a graph that a ``ModelBuilder`` builds.
public struct TensorHandle {
  let builder: ModelBuilder
  let ids: [ValueID]

  var id: ValueID { ids[0] }

  /// The element type and extents.
  public var type: TensorType { builder.type(id) }

  /// The extents.
  public var dims: [Dim] { type.shape.dims }

  /// The number of axes.
  public var rank: Int { type.rank }

  /// All results of the op that this is the first result of.
  public var results: [TensorHandle] { ids.map { TensorHandle(builder: builder, ids: [$0]) } }

  /// The same tensor with a name for people, as `let` gives one.
  public func named(
    _ name: String, file: String = #fileID, line: Int = #line, column: Int = #column
  ) -> TensorHandle {
    builder.builder.name(id, name)
    builder.label(id, name, SourceLocation(file: file, line: line, column: column))
    return self
  }
}

/// What an op's argument can be in Swift.
public protocol ModelArgument {
  /// The argument for the builder.
  var modelValue: ModelValue { get }
}

/// An argument of an op, wrapped.
public struct ModelValue {
  let value: Value
}

extension TensorHandle: ModelArgument {
  /// The tensor.
  public var modelValue: ModelValue { ModelValue(value: .tensor(id)) }
}

extension Int: ModelArgument {
  /// The whole number.
  public var modelValue: ModelValue { ModelValue(value: .int(Extent(Dim(self)))) }
}

extension Dim: ModelArgument {
  /// The extent.
  public var modelValue: ModelValue { ModelValue(value: .int(Extent(self))) }
}

extension Double: ModelArgument {
  /// The number.
  public var modelValue: ModelValue { ModelValue(value: .float(self)) }
}

extension Bool: ModelArgument {
  /// The truth value.
  public var modelValue: ModelValue { ModelValue(value: .bool(self)) }
}

extension String: ModelArgument {
  /// The word.
  public var modelValue: ModelValue { ModelValue(value: .string(self)) }
}

extension DType: ModelArgument {
  /// The element type.
  public var modelValue: ModelValue { ModelValue(value: .dtype(self)) }
}

extension Array: ModelArgument where Element == Dim {
  /// The extents.
  public var modelValue: ModelValue { ModelValue(value: .list(map { Extent($0) })) }
}

extension Optional: ModelArgument where Wrapped == TensorHandle {
  /// The tensor, or nothing.
  public var modelValue: ModelValue { ModelValue(value: map { .tensor($0.id) } ?? .none) }
}

extension TensorHandle {
  /// The sum.
  public static func + (a: TensorHandle, b: some ModelArgument) throws -> TensorHandle {
    try a.combined("add", b)
  }

  /// The difference.
  public static func - (a: TensorHandle, b: some ModelArgument) throws -> TensorHandle {
    try a.combined("sub", b)
  }

  /// The product, element by element.
  public static func * (a: TensorHandle, b: some ModelArgument) throws -> TensorHandle {
    try a.combined("mul", b)
  }

  /// The quotient, element by element.
  public static func / (a: TensorHandle, b: some ModelArgument) throws -> TensorHandle {
    try a.combined("div", b)
  }

  /// The negation.
  public static prefix func - (a: TensorHandle) throws -> TensorHandle {
    try a.builder.add("neg", [(nil, a.modelValue)])
  }

  private func combined(_ op: String, _ other: some ModelArgument) throws -> TensorHandle {
    try builder.add(op, [(nil, modelValue), (nil, other.modelValue)])
  }
}
