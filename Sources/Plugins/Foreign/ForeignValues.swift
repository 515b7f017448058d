import CPlugin
import IR
import Tensors

/// The values of an op's attributes in the memory that C functions read.
///
/// `@unchecked Sendable`: the memory is written by `init` and read only after that.
final class ForeignValues: @unchecked Sendable {
  /// One value for each attribute that the plugin declared.
  let pointer: UnsafePointer<weft_value>
  private var blocks: [UnsafeMutableRawPointer] = []

  /// The values of `attributes`; symbolic extents get numbers of `table`.
  init(_ attributes: Attributes, _ declared: [OpSignature.Attribute], _ table: DimTable) {
    let values = UnsafeMutablePointer<weft_value>.allocate(capacity: max(declared.count, 1))
    pointer = UnsafePointer(values)
    blocks.append(UnsafeMutableRawPointer(values))
    for (i, attribute) in declared.enumerated() {
      var value = weft_value()
      switch attributes[attribute.name] {
      case .dim(let dim): value.integer = number(dim, attribute.kind, table)
      case .dims(let dims):
        let list = UnsafeMutablePointer<Int64>.allocate(capacity: max(dims.count, 1))
        blocks.append(UnsafeMutableRawPointer(list))
        for (j, dim) in dims.enumerated() { list[j] = number(dim, attribute.kind, table) }
        value.integers = UnsafePointer(list)
        value.count = dims.count
      case .double(let real): value.real = real
      case .bool(let truth): value.integer = truth ? 1 : 0
      case .string(let text):
        value.text = UnsafePointer(copy(text))
        if case .string(let choices) = attribute.kind {
          value.integer = Int64(choices.firstIndex(of: text) ?? 0)
        }
      case .dtype(let dtype): value.integer = Int64(dtype.element.rawValue)
      case nil: break
      }
      (values + i).initialize(to: value)
    }
  }

  /// A whole number may be below zero, where an extent's number below zero is an id.
  private func number(_ dim: Dim, _ kind: AttributeKind, _ table: DimTable) -> Int64 {
    switch kind {
    case .int, .ints: Int64(dim.value ?? 0)
    default: table.number(dim)
    }
  }

  private func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8CString
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (i, byte) in bytes.enumerated() { memory[i] = byte }
    blocks.append(UnsafeMutableRawPointer(memory))
    return memory
  }

  deinit {
    for block in blocks { block.deallocate() }
  }
}
