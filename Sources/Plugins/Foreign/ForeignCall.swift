import CPlugin
import IR
import Tensors

/// One application of a plugin's op in the memory that its functions read and write.
///
/// `@unchecked Sendable`: written by `init`; then one thread at a time has it, handed over by the
/// watchdog's semaphores; a kernel only reads it. Where a function is abandoned, its thread keeps it.
final class ForeignCall: @unchecked Sendable {
  /// What the functions are told.
  let call: UnsafeMutablePointer<weft_call>
  /// What `shape` writes.
  let results: UnsafeMutablePointer<weft_tensor_type>
  /// What `kernel` writes.
  let kernel: UnsafeMutablePointer<weft_kernel>
  /// What `cost` writes.
  let cost: UnsafeMutablePointer<weft_cost>
  /// What the last function returned.
  var status: Int32 = 0
  let table = DimTable()
  private let types: UnsafeMutablePointer<weft_tensor_type>
  private let slots: UnsafeMutablePointer<UnsafePointer<weft_tensor_type>?>
  private let functions: UnsafeMutablePointer<weft_dim_functions>
  private let error: UnsafeMutablePointer<weft_error>
  private let text: UnsafeMutablePointer<CChar>
  private let runner: UnsafeMutablePointer<weft_plugin_kernel>
  private let resultCount: Int
  private let values: ForeignValues

  private static let textCapacity = 1024

  /// The application of an op with `attributes` to operands of which those that are `present` have the
  /// types `operands`; for `shape`, there are no `results`.
  init(
    _ definition: ForeignDefinition, _ attributes: Attributes, present: [Bool],
    _ operands: [TensorType], results given: [TensorType]?
  ) {
    let declared = definition.signature
    resultCount = definition.resultCount
    runner = .allocate(capacity: 1)
    values = ForeignValues(attributes, declared.attributes, table)
    types = .allocate(capacity: max(operands.count, 1))
    slots = .allocate(capacity: max(present.count, 1))
    results = .allocate(capacity: definition.resultCount)
    results.initialize(repeating: weft_tensor_type(), count: definition.resultCount)
    for (i, type) in operands.enumerated() {
      (types + i).initialize(to: weft_tensor_type(type, table))
    }
    for (i, type) in (given ?? []).enumerated() { results[i] = weft_tensor_type(type, table) }
    var next = 0
    for (i, isPresent) in present.enumerated() {
      (slots + i).initialize(to: isPresent ? UnsafePointer(types + next) : nil)
      if isPresent { next += 1 }
    }
    functions = .allocate(capacity: 1)
    functions.initialize(to: table.functions)
    text = .allocate(capacity: Self.textCapacity)
    text.initialize(repeating: 0, count: Self.textCapacity)
    error = .allocate(capacity: 1)
    error.initialize(
      to: weft_error(
        size: UInt32(MemoryLayout<weft_error>.size), operand: -1, text: text,
        capacity: Self.textCapacity))
    kernel = .allocate(capacity: 1)
    kernel.initialize(to: weft_kernel())
    kernel.pointee.size = UInt32(MemoryLayout<weft_kernel>.size)
    cost = .allocate(capacity: 1)
    cost.initialize(
      to: weft_cost(
        size: UInt32(MemoryLayout<weft_cost>.size), reserved: 0, flops: -1, bytes_read: -1,
        bytes_written: -1))
    call = .allocate(capacity: 1)
    call.initialize(
      to: weft_call(
        size: UInt32(MemoryLayout<weft_call>.size), operand_count: UInt32(present.count),
        operands: UnsafePointer(slots), results: given == nil ? nil : UnsafePointer(results),
        attributes: values.pointer, dims: given == nil ? UnsafePointer(functions) : nil))
  }

  /// Calls `shape`.
  func shape(_ function: ForeignDefinition.ShapeFunction) {
    status = function(call, results, error)
  }

  /// Calls `kernel`.
  func kernel(_ function: ForeignDefinition.KernelFunction) {
    status = function(call, kernel, error)
  }

  /// Calls `reference`.
  func reference(
    _ function: ForeignDefinition.ReferenceFunction,
    _ operands: UnsafePointer<UnsafePointer<Double>?>,
    _ results: UnsafePointer<UnsafeMutablePointer<Double>?>
  ) {
    status = function(call, operands, results, error)
  }

  /// What the function wrote as its reason, cut at the buffer's end, and the operand that it named.
  var reason: (text: String, operand: Int?) {
    // Whatever the function did to it, it ends inside of the buffer.
    text[Self.textCapacity - 1] = 0
    let said = String(cString: text)
    let operand = Int(error.pointee.operand)
    let isDeclared = operand >= 0 && operand < Int(call.pointee.operand_count)
    return (said, isDeclared ? operand : nil)
  }

  /// What runs `function`, with its parameters, for operands of which some are `present`.
  func ready(
    _ function: @escaping @convention(c) (UnsafePointer<weft_run>?) -> Void, _ present: [Bool],
    hasScratch: Bool
  ) -> UnsafePointer<weft_plugin_kernel> {
    let offset = MemoryLayout<weft_kernel>.offset(of: \.parameters) ?? 0
    var value = weft_plugin_kernel()
    value.function = function
    value.call = UnsafePointer(call)
    value.parameters = (UnsafeRawPointer(kernel) + offset).assumingMemoryBound(to: UInt64.self)
    value.operand_count = UInt32(present.count)
    value.result_count = UInt32(resultCount)
    value.first_result = UInt32(present.count { $0 })
    value.has_scratch = hasScratch ? 1 : 0
    withUnsafeMutableBytes(of: &value.places) { places in
      for (i, isPresent) in present.enumerated() {
        places[i] = isPresent ? UInt8(present[..<i].count { $0 }) : UInt8(bitPattern: -1)
      }
    }
    runner.initialize(to: value)
    return UnsafePointer(runner)
  }

  deinit {
    types.deallocate()
    slots.deallocate()
    results.deallocate()
    functions.deallocate()
    text.deallocate()
    error.deallocate()
    kernel.deallocate()
    cost.deallocate()
    call.deallocate()
    runner.deallocate()
  }
}

extension weft_tensor_type {
  /// The C form of `type`, which has at most `WEFT_PLUGIN_RANK` axes.
  init(_ type: TensorType, _ table: DimTable) {
    self.init()
    element = type.dtype.element.rawValue
    rank = UInt32(type.rank)
    withUnsafeMutableBytes(of: &dims) { bytes in
      let dims = bytes.bindMemory(to: Int64.self)
      for (i, dim) in type.shape.dims.enumerated() { dims[i] = table.number(dim) }
    }
  }

  /// The extents' numbers, the first `rank`.
  var numbers: [Int64] {
    withUnsafeBytes(of: dims) { Array($0.bindMemory(to: Int64.self).prefix(Int(rank))) }
  }
}
