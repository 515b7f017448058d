import CPlugin
import Compiler
import IR
import Tensors

/// An op of a plugin in C that says its own shapes and kernels.
protocol ForeignOperation: KernelProviding, Costed, InPlace {
  var definition: ForeignDefinition { get }
  init(definition: ForeignDefinition, attributes: Attributes)
}

extension ForeignOperation {
  /// What stands where no op has been made yet; an op has its own.
  public static var signature: OpSignature {
    OpSignature("plugin_op", "An op of a plugin in C.", operands: [])
  }

  /// Refuses: only its plugin makes one.
  public init(_ attributes: Attributes) throws(OpError) {
    throw .refused(operand: nil, "is made by its plugin alone")
  }

  public var signature: OpSignature { definition.signature }

  public func replacing(_ attributes: Attributes) throws(OpError) -> Self {
    Self(definition: definition, attributes: attributes)
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try definition.resultTypes(attributes, operands)
  }

  /// The operands that the plugin says may be overwritten, counted among those that are there.
  public var overwritableOperands: [Int] {
    // Of operands that may stand several times only the first can be named.
    let present = definition.present(attributes, count: 0)
    return present.indices.filter { i in
      present[i] && definition.op.overwritable & (1 << UInt32(i)) != 0
    }.map { i in present[..<i].count { $0 } }
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    max(definition.cost(attributes, operands, results)?.flops ?? 0, 0)
  }

  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    let said = definition.cost(attributes, operands, results)?.bytesRead ?? -1
    return said < 0 ? Cost.byteCount(operands) : said
  }

  public func bytesWritten(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    let said = definition.cost(attributes, operands, results)?.bytesWritten ?? -1
    return said < 0 ? Cost.byteCount(results) : said
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    KernelBinding(
      try ForeignKernel(definition, attributes, request),
      operands: Array(request.operands.indices))
  }
}

/// An op of a plugin without a reference.
struct ForeignOp: ForeignOperation {
  let definition: ForeignDefinition
  let attributes: Attributes
}

/// An op of a plugin with a reference.
struct ReferencedForeignOp: ForeignOperation, Evaluable {
  let definition: ForeignDefinition
  let attributes: Attributes

  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let types = try definition.resultTypes(attributes, operands.map(\.type))
    let present = definition.present(attributes, count: operands.count)
    let call = ForeignCall(
      definition, attributes, present: present, operands.map(\.type), results: types)
    guard let function = definition.op.reference else { return [] }
    var next = 0
    let sources: [[Double]?] = present.map { isPresent in
      guard isPresent else { return nil }
      next += 1
      return operands[next - 1].doubles
    }
    var results: [Tensor] = []
    for type in types {
      guard let dims = type.shape.values else { return [] }
      results.append(try Tensor(zeros: type.dtype, dims: dims))
    }
    // An empty array has no memory to point to, and a function may look for NULL.
    let from = sources.map { $0.map { Self.memory($0.count, $0) } }
    let to = results.map { Self.memory($0.count, []) }
    defer {
      for block in from { block?.deallocate() }
      for block in to { block.deallocate() }
    }
    call.reference(function, from.map { $0.map { UnsafePointer($0) } }, to.map { $0 })
    guard call.status == 0 else { throw EvaluationError.refused(call.reason.text) }
    return results.enumerated().map { i, tensor in
      for j in 0..<tensor.count { tensor.initialize(to[i][j], at: j) }
      return tensor
    }
  }

  private static func memory(_ count: Int, _ from: [Double]) -> UnsafeMutablePointer<Double> {
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(count, 1))
    memory.initialize(repeating: 0, count: max(count, 1))
    for (i, value) in from.enumerated() { memory[i] = value }
    return memory
  }
}
