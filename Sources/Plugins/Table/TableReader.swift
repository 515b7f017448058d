import CPlugin
import GraphLanguage
import IR
import Tensors

/// Reads a plugin's table of ops and refuses what can't be, by the plugin's name and the op's.
struct TableReader {
  let plugin: String
  let watchdog: Watchdog
  /// The op that is read.
  private var op: String?
  private var names: Set<String> = []

  private static let opLimit = 1024
  private static let sizeLimit: UInt32 = 4096

  init(plugin: String, watchdog: Watchdog) {
    self.plugin = plugin
    self.watchdog = watchdog
  }

  /// The ops of the `weft_plugin_table` at `pointer`.
  mutating func definitions(_ pointer: UnsafeRawPointer) throws(PluginError) -> [OpDefinition] {
    let table = try sized(pointer, weft_plugin_table(), "its table")
    guard (1...Self.opLimit).contains(table.op_count), let ops = table.ops else {
      throw wrong("has \(table.op_count) ops, where 1 to \(Self.opLimit) may be")
    }
    var definitions: [OpDefinition] = []
    for i in 0..<table.op_count {
      op = nil
      guard let place = ops[i] else { throw wrong("entry \(i) of its table is NULL") }
      definitions.append(try definition(UnsafeRawPointer(place), at: i))
    }
    return definitions
  }

  private mutating func definition(
    _ pointer: UnsafeRawPointer, at i: Int
  ) throws(PluginError) -> OpDefinition {
    let op = try sized(pointer, weft_op(), "op \(i)")
    let name = try name(op.name, "the name of op \(i)")
    self.op = name
    guard names.insert(name).inserted else { throw wrong("stands twice in its table") }
    let summary = try text(op.summary, limit: 1024, "the summary")
    guard !summary.isEmpty else { throw wrong("has an empty summary") }
    let operands = try operands(op)
    let signature = OpSignature(
      name, summary, category: try category(op), operands: operands.map(\.operand),
      attributes: try attributes(op, besides: operands.map(\.operand.name)))
    let definition = ForeignDefinition(
      plugin: plugin, signature, op, resultCount: try resultCount(op),
      elements: operands.map(\.elements),
      fault: op.fault == nil
        ? "the data has no result" : try text(op.fault, limit: 1024, "the text of a fault"),
      watchdog)
    try checkForm(op, signature)
    let (isElementwise, hasReference) = (op.elementwise != nil, op.reference != nil)
    return OpDefinition(signature) { attributes in
      if isElementwise {
        return ForeignElementwise(definition: definition, attributes: attributes)
      }
      if hasReference {
        return ReferencedForeignOp(definition: definition, attributes: attributes)
      }
      return ForeignOp(definition: definition, attributes: attributes)
    }
  }

  /// Checks that the functions of one of the two forms are there, and none of the other.
  private func checkForm(_ op: weft_op, _ signature: OpSignature) throws(PluginError) {
    guard op.elementwise != nil else {
      if op.shape == nil { throw wrong("has neither 'shape' nor 'elementwise'") }
      if op.kernel == nil { throw wrong("has no 'kernel'") }
      if op.elementwise_reference != nil || op.elementwise_flops != 0 {
        throw wrong("says something elementwise, and has no 'elementwise'")
      }
      return
    }
    if op.shape != nil || op.kernel != nil || op.cost != nil || op.reference != nil {
      throw wrong(
        "has 'elementwise' and functions of the other form",
        hint: "an elementwise op needs neither 'shape' nor 'kernel', 'cost' or 'reference'")
    }
    guard (1...3).contains(op.operand_count) else {
      throw wrong("is elementwise with \(op.operand_count) operands, where 1 to 3 may be")
    }
    if op.result_count > 1 { throw wrong("is elementwise with \(op.result_count) results") }
    for operand in signature.operands where operand.presence != .required {
      throw wrong(
        "is elementwise, and its operand '\(operand.name)' "
          + (operand.presence == .optional ? "is optional" : "may stand several times"))
    }
    for attribute in signature.attributes {
      switch attribute.kind {
      case .dim, .dims:
        throw wrong("is elementwise, and its attribute '\(attribute.name)' is an extent")
      default: continue
      }
    }
  }

  private func resultCount(_ op: weft_op) throws(PluginError) -> Int {
    let most = Int(WEFT_PLUGIN_RESULTS)
    guard op.result_count <= most else {
      throw wrong("has \(op.result_count) results, where \(most) is the most")
    }
    return max(Int(op.result_count), 1)
  }

  // MARK: Parts

  /// The struct at `pointer`, with zeros where it is older than this Weft.
  func sized<T: BitwiseCopyable>(
    _ pointer: UnsafeRawPointer, _ zero: T, _ what: String
  ) throws(PluginError) -> T {
    guard Int(bitPattern: pointer) % MemoryLayout<UInt64>.alignment == 0 else {
      throw wrong("\(what) isn't aligned")
    }
    let size = pointer.load(as: UInt32.self)
    let known = MemoryLayout<T>.size
    let least = Self.firstSize(of: T.self)
    guard size >= least, size <= Self.sizeLimit else {
      throw wrong(
        "\(what) says that it has \(size) bytes, and needs \(least)",
        hint: "its first field is its own sizeof")
    }
    for i in known..<max(known, Int(size))
    where pointer.load(fromByteOffset: i, as: UInt8.self) != 0 {
      throw wrong(
        "\(what) uses something that this Weft doesn't know",
        hint:
          "it was built with a newer weft_plugin.h: use a newer Weft, or build it with this one's")
    }
    return Self.filled(zero, from: pointer, count: min(known, Int(size)))
  }

  /// `zero` with its first `count` bytes from `pointer`.
  ///
  /// A function of its own, never inlined: Swift 6.3's optimizer otherwise returns from `sized` with
  /// the register of errors set where nothing was thrown.
  @inline(never) private static func filled<T: BitwiseCopyable>(
    _ zero: T, from pointer: UnsafeRawPointer, count: Int
  ) -> T {
    var value = zero
    withUnsafeMutableBytes(of: &value) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: count))
    }
    return value
  }

  /// The bytes that a struct had in revision 1: plugins of then have no more.
  private static func firstSize<T>(of type: T.Type) -> Int {
    type == weft_operand.self ? Int(WEFT_OPERAND_SIZE_1) : MemoryLayout<T>.size
  }

  /// The structs of an array, whose first says how far they are apart.
  func array<T: BitwiseCopyable>(
    _ pointer: UnsafePointer<T>?, _ count: Int, most: Int, _ zero: T, _ what: String
  ) throws(PluginError) -> [T] {
    // A size_t beyond Int.max arrives as a negative number.
    guard (0...most).contains(count) else {
      throw wrong("has \(UInt(bitPattern: count)) \(what)s, where \(most) is the most")
    }
    guard count > 0 else { return [] }
    guard let pointer else { throw wrong("has \(count) \(what)s at NULL") }
    let start = UnsafeRawPointer(pointer)
    var values = [try sized(start, zero, "\(what) 0")]
    let stride = start.load(as: UInt32.self)
    for i in 1..<max(count, 1) {
      let place = start + i * Int(stride)
      values.append(try sized(place, zero, "\(what) \(i)"))
      guard place.load(as: UInt32.self) == stride else {
        throw wrong("\(what) \(i) says another size than \(what) 0")
      }
    }
    return values
  }

  /// UTF-8 of at most `limit` bytes; nil where it is longer or none.
  static func text(_ pointer: UnsafePointer<CChar>, limit: Int) -> String? {
    var count = 0
    while pointer[count] != 0 {
      count += 1
      if count > limit { return nil }
    }
    return String(
      validating: UnsafeBufferPointer(start: pointer, count: count).lazy.map {
        UInt8(bitPattern: $0)
      }, as: UTF8.self)
  }

  func text(
    _ pointer: UnsafePointer<CChar>?, limit: Int, _ what: String
  ) throws(PluginError) -> String {
    guard let pointer else { throw wrong("\(what) is NULL") }
    guard let text = Self.text(pointer, limit: limit) else {
      throw wrong("\(what) is longer than \(limit) bytes, or no UTF-8")
    }
    return text
  }

  /// A name as graph files may write it.
  func name(_ pointer: UnsafePointer<CChar>?, _ what: String) throws(PluginError) -> String {
    let name = try text(pointer, limit: 64, what)
    let isWord = name.utf8.enumerated().allSatisfy { i, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): i > 0
      default: false
      }
    }
    guard isWord, !name.isEmpty else {
      throw wrong("\(what) is '\(name)'", hint: "names are snake_case: a-z, 0-9 and _")
    }
    guard !GraphLanguage.isKeyword(name) else {
      throw wrong("\(what) is '\(name)', a keyword of the graph language")
    }
    return name
  }

  func wrong(_ reason: String, hint: String? = nil) -> PluginError {
    .invalid(plugin: plugin, op: op, reason: reason, hint: hint)
  }
}
