import Compiler
import Executor

/// The numbers that a step computes with.
public enum Arithmetic: String, Codable, Hashable, Sendable {
  /// 32-bit floats.
  case f32
  /// Products of bf16, summed in f32.
  case bf16
  /// Products of 8-bit integers.
  case int8
}

/// What one step computes and moves.
struct StepWork: Hashable, Sendable {
  var arithmetic = Arithmetic.f32
  /// Operations.
  var flops: Int
  /// Bytes of weights and constants that are read.
  var weightByteCount: Int
  /// Bytes of values that are read and written.
  var valueByteCount: Int

  init(
    arithmetic: Arithmetic = .f32, flops: Int, weightByteCount: Int = 0, valueByteCount: Int = 0
  ) {
    self.arithmetic = arithmetic
    self.flops = flops
    self.weightByteCount = weightByteCount
    self.valueByteCount = valueByteCount
  }

  /// The work of step `i` of `planned`.
  init(of planned: PlannedGraph, step i: Int) {
    let description = planned.steps[i]
    let (read, written) = (description.cost.bytesRead, description.cost.bytesWritten)
    let (sum, overflow) = read.addingReportingOverflow(written)
    let total = overflow ? Int.max : max(0, sum)
    let step = planned.plan.steps[i]
    let moved = (step.operands + step.results).reduce(0) { sum, buffer in
      if case .constant = buffer.place { return sum }
      let (more, overflow) = sum.addingReportingOverflow(buffer.byteCount)
      return overflow ? Int.max : more
    }
    valueByteCount = min(total, moved)
    weightByteCount = total - valueByteCount
    flops = description.cost.flops
    // The first part of a kernel's name is the type that it computes in.
    let type = description.kernel.prefix { $0 != "-" }
    arithmetic =
      type == "u8s8" || type.hasPrefix("s8") ? .int8 : type == "bf16" ? .bf16 : .f32
  }
}
