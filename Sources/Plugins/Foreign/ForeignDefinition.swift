import CPlugin
import IR
import Synchronization
import Tensors

/// An op of a plugin in C: what it declares, and how its functions are called.
///
/// `@unchecked Sendable`: the plugin's table is constant and stays loaded; what changes stands behind a
/// lock.
final class ForeignDefinition: @unchecked Sendable {
  typealias ShapeFunction =
    @convention(c) (
      UnsafePointer<weft_call>?, UnsafeMutablePointer<weft_tensor_type>?,
      UnsafeMutablePointer<weft_error>?
    ) -> Int32
  typealias KernelFunction =
    @convention(c) (
      UnsafePointer<weft_call>?, UnsafeMutablePointer<weft_kernel>?,
      UnsafeMutablePointer<weft_error>?
    ) -> Int32
  typealias ReferenceFunction =
    @convention(c) (
      UnsafePointer<weft_call>?, UnsafePointer<UnsafePointer<Double>?>?,
      UnsafePointer<UnsafeMutablePointer<Double>?>?, UnsafeMutablePointer<weft_error>?
    ) -> Int32

  /// The most tiles and bytes of scratch that a kernel may ask for.
  static let tileLimit: Int64 = 1 << 24
  static let scratchLimit: Int64 = 1 << 30

  let plugin: String
  let signature: OpSignature
  let op: weft_op
  let resultCount: Int
  /// The element types that each operand may have.
  let elements: [[DType]]
  /// What data that a kernel reported means.
  let fault: String
  private let watchdog: Watchdog

  private struct Key: Hashable {
    var attributes: Attributes
    var operands: [TensorType]
  }

  /// What `shape` and `cost` gave: the same types are asked for again after every pass.
  private let known = Mutex<(shapes: [Key: Result<[TensorType], OpError>], costs: [Key: Cost])>(
    ([:], [:]))
  private let knownLimit = 1024
  /// What ``checkElementwise(_:)`` found.
  private let checked = Mutex<[Attributes: String?]>([:])

  init(
    plugin: String, _ signature: OpSignature, _ op: weft_op, resultCount: Int, elements: [[DType]],
    fault: String, _ watchdog: Watchdog
  ) {
    self.plugin = plugin
    self.signature = signature
    self.op = op
    self.resultCount = resultCount
    self.elements = elements
    self.fault = fault
    self.watchdog = watchdog
  }

  /// Which of the declared operands `attributes` say are there; all of `count` where the last one may stand
  /// several times.
  func present(_ attributes: Attributes, count: Int) -> [Bool] {
    if isVariadic {
      return Array(repeating: true, count: max(count, signature.operands.count))
    }
    return signature.operands.map { operand in
      operand.presence == .required || attributes[operand.name] == .bool(true)
    }
  }

  /// Whether the last operand may stand several times.
  private var isVariadic: Bool { signature.operands.last?.presence == .variadic }

  /// The result types, looked through.
  func resultTypes(
    _ attributes: Attributes, _ operands: [TensorType]
  ) throws(OpError) -> [TensorType] {
    try checkUsable()
    let present = present(attributes, count: operands.count)
    try check(operands, present)
    try checkExtents(attributes)
    let key = Key(attributes: attributes, operands: operands)
    if let result = known.withLock({ $0.shapes[key] }) { return try result.get() }
    let result = Result { () throws(OpError) in
      try shape(ForeignCall(self, attributes, present: present, operands, results: nil), present)
    }
    known.withLock {
      if $0.shapes.count >= knownLimit { $0.shapes.removeAll() }
      $0.shapes[key] = result
    }
    return try result.get()
  }

  private func check(_ operands: [TensorType], _ present: [Bool]) throws(OpError) {
    let expected = present.count { $0 }
    guard operands.count == expected else {
      throw .operandCount(
        expected: expected == 1 ? "1 operand" : "\(expected) operands", found: operands.count)
    }
    let most = Int(WEFT_PLUGIN_OPERANDS)
    guard operands.count <= most else {
      throw .operandCount(expected: "\(most) operands at most", found: operands.count)
    }
    let allowed = zip(elements, present).filter(\.1).map(\.0)
    for (i, operand) in operands.enumerated() {
      let allowed = allowed[min(i, allowed.count - 1)]
      guard allowed.contains(operand.dtype) else {
        throw .dtype(operand: i, expected: allowed)
      }
      guard operand.rank <= Int(WEFT_PLUGIN_RANK) else {
        throw .rank(operand: i, expected: "\(WEFT_PLUGIN_RANK) or less")
      }
    }
  }

  /// Below zero an extent's number means something else.
  private func checkExtents(_ attributes: Attributes) throws(OpError) {
    for declared in signature.attributes {
      let dims: [Dim] =
        switch (declared.kind, attributes[declared.name]) {
        case (.dim, .dim(let dim)): [dim]
        case (.dims, .dims(let dims)): dims
        default: []
        }
      if let wrong = dims.compactMap(\.value).first(where: { $0 < 0 }) {
        throw .attributeRange(declared.name, rule: "extent \(wrong) is below 0")
      }
    }
  }

  private func shape(_ call: ForeignCall, _ present: [Bool]) throws(OpError) -> [TensorType] {
    guard let function = op.shape else { throw .refused(operand: nil, "has no shape function") }
    try run("shape", call, present) { call.shape(function) }
    if let failure = call.table.failure { throw .dim(failure) }
    var types: [TensorType] = []
    for i in 0..<resultCount {
      do { types.append(try type(call.results[i], call.table)) } catch {
        throw wrong("shape", "gave result \(i) \(error.what)")
      }
    }
    return types
  }

  private struct Nonsense: Error { var what: String }

  private func type(
    _ given: weft_tensor_type, _ table: DimTable
  ) throws(Nonsense) -> TensorType {
    guard let dtype = DType(element: given.element) else {
      throw Nonsense(what: "the element type \(given.element), which there is none of")
    }
    let most = WEFT_PLUGIN_RANK
    guard given.rank <= most else {
      throw Nonsense(what: "\(given.rank) axes, where \(most) is the most")
    }
    var dims: [Dim] = []
    for (axis, number) in given.numbers.enumerated() {
      guard let dim = table.dim(number) else {
        throw Nonsense(
          what: "the extent \(number == DimTable.none ? "WEFT_NO_DIM" : "\(number)") at axis "
            + "\(axis), which is none")
      }
      dims.append(dim)
    }
    let type = TensorType(dtype, Shape(dims))
    guard (try? type.byteCount()) != nil else {
      throw Nonsense(what: "the type \(type), whose bytes can't be counted")
    }
    return type
  }

  /// Runs a function on the watchdog's thread.
  private func watch(
    _ function: String, _ body: @escaping @Sendable () -> Void
  ) throws(OpError) {
    do {
      try watchdog.run(body)
    } catch {
      switch error {
      case .late:
        throw wrong(
          function, "didn't return within \(watchdog.limit); nothing of it is called again")
      case .abandoned: throw abandonment
      }
    }
  }

  /// Runs a function that says what it returned, on the watchdog's thread.
  func run(
    _ function: String, _ call: ForeignCall, _ present: [Bool],
    _ body: @escaping @Sendable () -> Void
  ) throws(OpError) {
    try watch(function, body)
    guard call.status != 0 else { return }
    let (text, declared) = call.reason
    guard !text.isEmpty else { throw wrong(function, "failed without a reason") }
    // Operands are counted as declared; errors count those that are there.
    let operand = declared.flatMap { i in
      present[i] ? present[..<i].count { $0 } : nil
    }
    throw .refused(operand: operand, text)
  }

  /// Refuses an elementwise function that was seen not to be: once for each set of attributes.
  func checkElementwise(_ attributes: Attributes) throws(OpError) {
    guard let function = op.elementwise else { return }
    if let fault = checked.withLock({ $0[attributes] }) {
      if let fault { throw wrong("elementwise", fault) }
      return
    }
    let values = ForeignValues(attributes, signature.attributes, DimTable())
    let found = Mutex<String?>(nil)
    let count = signature.operands.count
    try watch("elementwise") { [values] in
      let check = ElementwiseCheck(
        function: function, attributes: values.pointer, operandCount: count)
      let fault = check.fault()
      found.withLock { $0 = fault }
    }
    let fault = found.withLock { $0 }
    checked.withLock {
      if $0.count >= knownLimit { $0.removeAll() }
      $0[attributes] = .some(fault)
    }
    if let fault { throw wrong("elementwise", fault) }
  }

  /// Refuses where a function of the plugin didn't return: one that hangs may hold what others wait for.
  func checkUsable() throws(OpError) { if watchdog.isAbandoned { throw abandonment } }

  private var abandonment: OpError {
    .refused(
      operand: nil, "can't be used: a function of plugin '\(plugin)' didn't return before")
  }

  /// An error of the plugin itself.
  func wrong(_ function: String, _ what: String) -> OpError {
    .refused(
      operand: nil, "can't be used: the function '\(function)' of plugin '\(plugin)' \(what)")
  }

  /// The cost, as far as the plugin says; bytes and FLOPs below zero are the framework's own.
  func cost(
    _ attributes: Attributes, _ operands: [TensorType], _ results: [TensorType]
  ) -> Cost? {
    guard let function = op.cost else { return nil }
    let key = Key(attributes: attributes, operands: operands)
    if let cost = known.withLock({ $0.costs[key] }) { return cost }
    let present = present(attributes, count: operands.count)
    let call = ForeignCall(self, attributes, present: present, operands, results: results)
    guard (try? run("cost", call, present, { function(call.call, call.cost) })) != nil else {
      return nil
    }
    let given = call.cost.pointee
    let cost = Cost(
      flops: Int(given.flops), bytesRead: Int(given.bytes_read),
      bytesWritten: Int(given.bytes_written))
    known.withLock {
      if $0.costs.count >= knownLimit { $0.costs.removeAll() }
      $0.costs[key] = cost
    }
    return cost
  }
}
