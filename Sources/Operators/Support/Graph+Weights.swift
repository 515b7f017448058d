import IR
import Tensors

extension Graph {
  /// Whether `value` is known before the run: a parameter, a constant, or a dense part of one.
  public func isWeight(_ value: ValueID) -> Bool {
    var value = value
    while true {
      switch self[value].definition {
      case .parameter, .constant: return true
      case .input: return false
      case .result(let id, _):
        let node = self[id]
        guard let view = node.op as? any Viewing, let source = node.operands.first,
          view.viewOffset([type(of: source)], type(of: value)) != nil
        else { return false }
        value = source
      }
    }
  }

  /// The number that `value` has in every element, where it is a constant of one number.
  public func number(_ value: ValueID) -> Double? {
    guard let tensor = constant(value), (1...4096).contains(tensor.count) else { return nil }
    let first = tensor.double(at: 0)
    return (1..<max(tensor.count, 1)).allSatisfy({ tensor.double(at: $0) == first }) ? first : nil
  }
}
