import IR
import Tensors

/// Builds a graph in Swift with the vocabulary of graph files.
///
/// Ops are methods, with operands and attributes as in a graph file; layers are Swift functions
/// whose calls get their names from ``layer(_:kind:index:_:)``.
///
/// ```swift
/// let b = ModelBuilder(ops: BuiltinOps.table())
///
/// func linear(_ x: TensorHandle, _ outputs: Int) throws -> TensorHandle {
///   let weight = try b.param("weight", .f32, [Dim(outputs), x.dims[x.rank - 1]])
///   let bias = try b.param("bias", .f32, [Dim(outputs)], .constant(0))
///   return try b.linear(x, weight, bias)
/// }
///
/// var h = try b.input("x", .f32, [Dim(symbol: "batch"), 8])
/// for i in 0..<2 {
///   h = try b.layer("layers", kind: "Linear", index: i) { try linear(h, 8) }
///   h = try b.gelu(h, approximation: "tanh").named("h")
/// }
/// try b.output("y", (h * 0.5).named("y"))
/// let graph = b.graph()
/// ```
///
/// is the graph of
///
/// ```
/// model M {
///   input x: f32[batch, 8]
///   var h = x
///   for i in 0 ..< 2 {
///     h = gelu(Linear(h, 8) as layers[i], approximation: "tanh")
///   }
///   output y = h * 0.5
/// }
/// ```
///
/// Not thread-safe: a builder belongs to one function that describes one graph.
@dynamicMemberLookup
public final class ModelBuilder {
  /// An op that waits for its arguments.
  @dynamicCallable
  public struct OpCall {
    let builder: ModelBuilder
    let name: String

    /// Adds the op: operands by position, then attributes by position or label.
    @discardableResult
    public func dynamicallyCall(
      withKeywordArguments arguments: KeyValuePairs<String, any ModelArgument>
    ) throws -> TensorHandle {
      try builder.add(name, arguments.map { ($0.isEmpty ? nil : $0, $1.modelValue) })
    }
  }

  private let ops: OpTable
  var builder: GraphBuilder
  private var path = LayerPath()
  private var parameters: [String: TensorType] = [:]
  private var names: Set<String> = []

  /// A builder of one entry.
  public init(entry: String = "main", ops: OpTable) {
    self.ops = ops
    builder = GraphBuilder(name: entry)
  }

  /// The op of that name.
  public subscript(dynamicMember name: String) -> OpCall { OpCall(builder: self, name: name) }

  /// The op of that name, where Swift has the word for itself: `b.op("where")(mask, x, y)`.
  public func op(_ name: String) -> OpCall { OpCall(builder: self, name: name) }

  private func origin(_ file: String = "", _ line: Int = 0, _ column: Int = 0) -> Origin {
    let location =
      file.isEmpty ? nil : SourceLocation(file: file, line: line, column: column)
    return Origin([Origin.Site(location: location, path: path)])
  }

  /// A tensor that each run is given.
  public func input(
    _ name: String, _ dtype: DType, _ dims: [Dim], file: String = #fileID, line: Int = #line,
    column: Int = #column
  ) throws(ModelBuilderError) -> TensorHandle {
    guard names.insert("input " + name).inserted else { throw .nameTaken("input", name) }
    let type = TensorType(dtype, Shape(dims))
    let id = builder.input(name, type, origin: origin(file, line, column))
    label(id, name, SourceLocation(file: file, line: line, column: column))
    return handle([id])
  }

  /// A weight named by the layers around it; `path` replaces the last part, as `as` does.
  ///
  /// The same full name again gives the same weight.
  public func param(
    _ name: String, _ dtype: DType, _ dims: [Dim], _ initializer: Initializer = .standard,
    as path: String? = nil, file: String = #fileID, line: Int = #line, column: Int = #column
  ) throws(ModelBuilderError) -> TensorHandle {
    let full = self.path.naming(path ?? name)
    let type = TensorType(dtype, Shape(dims))
    if let dim = dims.first(where: { $0.value.map { $0 < 1 } ?? true }) {
      throw .parameterExtent(full, dim)
    }
    if let known = parameters.updateValue(type, forKey: full), known != type {
      throw .parameterTypes(full, known, type)
    }
    let parameter = Parameter(full, initializer)
    return handle([builder.parameter(parameter, type, origin: origin(file, line, column))])
  }

  /// Runs `body` one layer deeper: what `Kind(…) as name[index]` does in a graph file.
  ///
  /// - Parameters:
  ///   - name: the levels with dots between them, `attention.output.dense`.
  ///   - kind: the layer's name.
  ///   - index: the index of the last level.
  public func layer<R>(
    _ name: String, kind: String, index: Int? = nil, file: String = #fileID, line: Int = #line,
    column: Int = #column, _ body: () throws -> R
  ) rethrows -> R {
    let outer = path
    defer { path = outer }
    var components = name.split(separator: ".").map { LayerPath.Component(String($0)) }
    if let last = components.popLast() {
      components.append(LayerPath.Component(last.name, index: index, layer: kind))
    }
    path = outer.appending(components)
    let result = try body()
    if let tensor = result as? TensorHandle {
      label(tensor.id, nil, SourceLocation(file: file, line: line, column: column))
    }
    return result
  }

  /// Notes that the layer around calls a value `name`, or that it is the layer's result.
  func label(_ value: ValueID, _ name: String?, _ location: SourceLocation?) {
    builder.label(Label(path: path, name: name, location: location, value: value))
  }

  /// Makes `value` an output.
  public func output(_ name: String, _ value: TensorHandle) throws(ModelBuilderError) {
    guard names.insert("output " + name).inserted else { throw .nameTaken("output", name) }
    label(value.id, name, nil)
    builder.output(name, value.id)
  }

  /// The graph, without what no output hangs on.
  public func graph() -> Graph { builder.graph().pruned() }

  // MARK: Ops

  private func handle(_ ids: [ValueID]) -> TensorHandle { TensorHandle(builder: self, ids: ids) }

  func type(_ id: ValueID) -> TensorType { builder.type(of: id) }

  func add(_ name: String, _ arguments: [(String?, ModelValue)]) throws -> TensorHandle {
    guard let op = ops[name] else {
      throw ModelBuilderError.unknownOp(
        name, nearest: Suggestion.nearest(to: name, among: ops.names))
    }
    var matcher = OpArguments(op.signature)
    for (label, value) in arguments {
      if let message = matcher.add(label, value.value) {
        throw ModelBuilderError.arguments(message.line)
      }
    }
    if let missing = matcher.missingOperands {
      throw ModelBuilderError.arguments(Message.missingOperands(op.signature, missing).line)
    }
    let tensors = matcher.operands.compactMap { $0.value.tensor.map { type($0).dtype } }
    let common = tensors.first { $0 != .bool }
    let operands = try matcher.operands.map { operand in
      try operand.value.tensor ?? constant(operand.value, operand.value.dtype(beside: common))
    }
    do {
      return handle(
        try builder.add(ops.make(name, matcher.attributes), operands, origin: origin()))
    } catch let error as OpError {
      throw ModelBuilderError.op(name, operands.map { type($0) }, error)
    }
  }

  private func constant(_ value: Value, _ dtype: DType) throws -> ValueID {
    let tensor: Tensor
    switch value {
    case .int(let extent):
      guard let number = extent.dim.value, dtype != .bool else {
        throw ModelBuilderError.number("\(extent.dim)", dtype)
      }
      tensor = try Tensor(dtype, dims: [], integers: [number])
    case .bool(let flag): tensor = try Tensor(.bool, dims: [], doubles: [flag ? 1 : 0])
    default:
      guard let number = value.number, dtype.isFloatingPoint else {
        throw ModelBuilderError.number(value.number.map { "\($0)" } ?? value.kind, dtype)
      }
      tensor = try Tensor(dtype, dims: [], doubles: [number])
    }
    return builder.constant(tensor, origin: origin())
  }
}

/// Why a model built from Swift can't be.
public enum ModelBuilderError: Error {
  /// No op has that name.
  case unknownOp(String, nearest: String?)
  /// A call doesn't fit the op's signature.
  case arguments(String)
  /// The op refuses its operands.
  case op(String, [TensorType], OpError)
  /// Two inputs or outputs have one name.
  case nameTaken(String, String)
  /// A weight has an extent that is unknown or below 1.
  case parameterExtent(String, Dim)
  /// One weight is asked for with two types.
  case parameterTypes(String, TensorType, TensorType)
  /// A number can't stand beside a tensor of that type.
  case number(String, DType)
}

extension ModelBuilderError: CustomStringConvertible {
  /// What is wrong, what was expected and found.
  public var description: String {
    switch self {
    case .unknownOp(let name, let nearest):
      "there is no op '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .arguments(let text): text
    case .op(let name, let types, let error):
      "'\(name)' \(error); operands are " + types.map(\.description).joined(separator: ", ")
    case .nameTaken(let what, let name): "there are two \(what)s '\(name)'"
    case .parameterExtent(let name, let dim):
      "parameter '\(name)' needs extents that are known and at least 1, found \(dim)"
    case .parameterTypes(let name, let a, let b):
      "parameter '\(name)' is \(a) in one place and \(b) in another"
    case .number(let number, let dtype): "\(number) can't stand beside a tensor of \(dtype)"
    }
  }
}

extension Message {
  /// The sentence with its help.
  var line: String { text + (help.map { "; \($0)" } ?? "") }
}
