import CKernels
import Foundation

/// Which C kernels run: the best that the machine has, or the one that `WEFT_ISA` names.
public enum InstructionSet: String, Sendable, CaseIterable {
  /// Plain C.
  case portable
  /// Advanced SIMD of ARMv8.
  case neon
  /// AVX2 with FMA and F16C.
  case avx2
  /// AVX-512 F, BW, VL and DQ.
  case avx512

  private var code: weft_isa {
    switch self {
    case .portable: WEFT_ISA_PORTABLE
    case .neon: WEFT_ISA_NEON
    case .avx2: WEFT_ISA_AVX2
    case .avx512: WEFT_ISA_AVX512
    }
  }

  /// The kernels, where this machine can run them.
  public var table: KernelTable? { weft_kernels_for(code).map { KernelTable(functions: $0) } }

  /// The sets that this machine can run.
  public static var available: [InstructionSet] { allCases.filter { $0.table != nil } }

  /// The kernels for `choice`, by default the value of the environment variable `WEFT_ISA`; the best
  /// that the machine has where it is nil or empty.
  public static func table(
    choice: String? = ProcessInfo.processInfo.environment["WEFT_ISA"]
  ) throws(InstructionSetError) -> KernelTable {
    guard let choice, !choice.isEmpty else {
      return KernelTable(functions: weft_kernels_best())
    }
    guard let set = InstructionSet(rawValue: choice) else {
      throw .unknown(choice, available: available)
    }
    guard let table = set.table else { throw .unavailable(set, available: available) }
    return table
  }
}

/// Why an instruction set can't be had.
public enum InstructionSetError: Error, Hashable, CustomStringConvertible {
  /// There is no set of that name.
  case unknown(String, available: [InstructionSet])
  /// This machine doesn't have it.
  case unavailable(InstructionSet, available: [InstructionSet])

  public var description: String {
    func list(_ sets: [InstructionSet]) -> String {
      sets.map(\.rawValue).joined(separator: ", ")
    }
    return switch self {
    case .unknown(let name, let available):
      "WEFT_ISA=\(name): there is no such instruction set; this machine has \(list(available))"
    case .unavailable(let set, let available):
      "WEFT_ISA=\(set.rawValue): this machine doesn't have it; it has \(list(available))"
    }
  }
}
