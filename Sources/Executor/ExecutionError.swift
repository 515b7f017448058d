import Tensors

/// Why a run gave no result. The executor and the plan stay usable.
public enum ExecutionError: Error, Hashable, CustomStringConvertible {
  /// Another number of tensors than the plan has inputs.
  case inputCount(expected: [String], found: Int)
  /// An input of another type.
  case inputType(name: String, expected: TensorType, found: TensorType)
  /// Other blocks than the plan's states take.
  case states(expected: [StatePort], found: [Int])
  /// ``Cancellation/cancel()`` was called.
  case cancelled
  /// The data has no result, in the kernel's own words.
  case fault(step: Int, label: Int, kernel: String, message: String)
  /// Memory for outputs or the arena is not to be had.
  case memory(TensorError)

  /// What went wrong, with what was expected and found.
  public var description: String {
    switch self {
    case .inputCount(let expected, let found):
      "\(expected.count) inputs are needed (\(expected.joined(separator: ", "))), found \(found)"
    case .inputType(let name, let expected, let found):
      "input '\(name)' must be \(expected), found \(found)"
    case .states(let expected, let found):
      "states must be "
        + expected.map { "'\($0.name)' of \($0.byteCount) bytes" }.joined(separator: ", ")
        + "; found \(found.count) of \(found.map(String.init).joined(separator: ", ")) bytes"
    case .cancelled: "cancelled"
    case .fault(_, _, let kernel, let message): "\(kernel): \(message)"
    case .memory(let error): error.description
    }
  }
}
