import CPlugin
import Tensors

/// Extents as a C function sees them: numbers, and ids below zero for those that hang on symbols.
///
/// `@unchecked Sendable`: one thread at a time has it: who makes the call, then the watchdog's thread,
/// then who made the call again, handed over by semaphores.
final class DimTable: @unchecked Sendable {
  /// No extent: `WEFT_NO_DIM`.
  static let none = Int64.min

  private var dims: [Dim] = []
  private var ids: [Dim: Int64] = [:]
  /// The first arithmetic that failed.
  private(set) var failure: DimError?
  private let limit = 4096

  /// The number of `dim`.
  func number(_ dim: Dim) -> Int64 {
    if let value = dim.value {
      if value >= 0 { return Int64(value) }
      failure = failure ?? .overflow
      return Self.none
    }
    if let known = ids[dim] { return known }
    guard dims.count < limit else {
      failure = failure ?? .tooComplex
      return Self.none
    }
    dims.append(dim)
    let id = -Int64(dims.count)
    ids[dim] = id
    return id
  }

  /// The extent of `number`; nil where there is none.
  func dim(_ number: Int64) -> Dim? {
    if number >= 0 { return Dim(Int(number)) }
    guard number > Self.none, -number <= Int64(dims.count) else { return nil }
    return dims[Int(-number) - 1]
  }

  private func compute(
    _ a: Int64, _ b: Int64, _ function: (Dim, Dim) throws(DimError) -> Dim
  ) -> Int64 {
    guard let x = dim(a), let y = dim(b) else { return Self.none }
    do {
      return number(try function(x, y))
    } catch {
      failure = failure ?? error
      return Self.none
    }
  }

  /// The functions that a plugin computes with; valid while this object is alive.
  var functions: weft_dim_functions {
    weft_dim_functions(
      size: UInt32(MemoryLayout<weft_dim_functions>.size), reserved: 0,
      context: Unmanaged.passUnretained(self).toOpaque(),
      add: { context, a, b in
        DimTable.at(context).compute(a, b) { x, y throws(DimError) in try x.adding(y) }
      },
      subtract: { context, a, b in
        DimTable.at(context).compute(a, b) { x, y throws(DimError) in try x.subtracting(y) }
      },
      multiply: { context, a, b in
        DimTable.at(context).compute(a, b) { x, y throws(DimError) in try x.multiplied(by: y) }
      },
      divide: { context, a, b in
        DimTable.at(context).compute(a, b) { x, y throws(DimError) in
          try x.divided(exactlyBy: y)
        }
      })
  }

  /// The table at `context`; none of its extents where a plugin gave none.
  private static func at(_ context: UnsafeMutableRawPointer?) -> DimTable {
    guard let context else { return DimTable() }
    return Unmanaged<DimTable>.fromOpaque(context).takeUnretainedValue()
  }
}

extension DType {
  /// The element type of a `weft_element`.
  init?(element: UInt32) {
    switch weft_element(element) {
    case WEFT_ELEMENT_F32: self = .f32
    case WEFT_ELEMENT_F16: self = .f16
    case WEFT_ELEMENT_BF16: self = .bf16
    case WEFT_ELEMENT_I32: self = .i32
    case WEFT_ELEMENT_I64: self = .i64
    case WEFT_ELEMENT_BOOL: self = .bool
    default: return nil
    }
  }

  /// The `weft_element`.
  var element: weft_element {
    switch self {
    case .f32: WEFT_ELEMENT_F32
    case .f16: WEFT_ELEMENT_F16
    case .bf16: WEFT_ELEMENT_BF16
    case .i32: WEFT_ELEMENT_I32
    case .i64: WEFT_ELEMENT_I64
    case .bool: WEFT_ELEMENT_BOOL
    }
  }
}
