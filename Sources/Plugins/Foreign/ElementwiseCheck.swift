import CPlugin
import IR

/// Whether a plugin's function does element by element what it says: element i of its result hangs on
/// element i of each operand alone, and it may write over an operand.
///
/// It is called for some numbers at once, for each of them alone, and with its result in an operand's
/// place. That shows functions which look at their neighbours, such as sums; it proves nothing of others.
struct ElementwiseCheck {
  typealias Function =
    @convention(c) (
      UnsafePointer<weft_value>?, UnsafePointer<UnsafePointer<Float>?>?,
      UnsafeMutablePointer<Float>?, Int
    ) -> Void

  let function: Function
  let attributes: UnsafePointer<weft_value>?
  let operandCount: Int

  /// Not a multiple of any vector's width, so that the last elements take another way through the code.
  private static let count = 37
  /// A function may round otherwise in vectors than one by one; one that looks elsewhere is off by more.
  private static let tolerance: Float = 1e-3

  /// What is wrong with the function; nil where nothing is seen.
  func fault() -> String? {
    let count = Self.count
    // Multiples of an eighth from -4 to 4, in another order for each operand.
    let operands: [[Float]] = (0..<operandCount).map { j in
      (0..<count).map { i -> Float in
        let eighths: Int = (i * (11 + 6 * j) + 5 * j) % 65 - 32
        return Float(eighths) / 8
      }
    }
    let whole = call(operands, overwriting: nil)
    for i in 0..<count {
      let alone = call(operands.map { [$0[i]] }, overwriting: nil)[0]
      guard agree(whole[i], alone) else {
        return "isn't elementwise: element \(i) of \(count) became \(whole[i]), and \(alone) alone"
      }
    }
    for j in 0..<operandCount {
      let written = call(operands, overwriting: j)
      if let i = (0..<count).first(where: { !agree(whole[$0], written[$0]) }) {
        return "can't write over operand \(j): element \(i) became \(written[i]) there, and "
          + "\(whole[i]) elsewhere"
      }
    }
    return nil
  }

  private func agree(_ a: Float, _ b: Float) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    return a == b || abs(a - b) <= Self.tolerance * max(abs(a), abs(b), Self.tolerance)
  }

  private func call(_ operands: [[Float]], overwriting j: Int?) -> [Float] {
    let count = operands[0].count
    let memory = operands.map { operand in
      let block = UnsafeMutablePointer<Float>.allocate(capacity: count)
      block.initialize(from: operand, count: count)
      return block
    }
    let own = UnsafeMutablePointer<Float>.allocate(capacity: count)
    own.initialize(repeating: 0, count: count)
    defer {
      for block in memory { block.deallocate() }
      own.deallocate()
    }
    let result = j.map { memory[$0] } ?? own
    function(attributes, memory.map { UnsafePointer($0) }, result, count)
    return Array(UnsafeBufferPointer(start: result, count: count))
  }
}
