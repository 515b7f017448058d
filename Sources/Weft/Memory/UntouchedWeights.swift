import Foundation
import Synchronization

/// Weights of the right types over memory that nobody touches, so that it takes none: for plans that
/// tell what they would take and never run.
final class UntouchedWeights: WeightSource {
  /// How a weight would be stored.
  enum Form: Hashable, Sendable {
    /// In the type that the graph declares, or this one.
    case dense(DType?)
    /// As 8-bit integers with scales.
    case int8(Int8Matrix.Axis)
  }

  private let isMapped: Bool
  private let base: (any WeightSource)?
  private let forms: [String: Form]
  private let given = Mutex(0)

  /// Untouched weights.
  ///
  /// - Parameters:
  ///   - isMapped: whether they stand for a file's, which leave memory once they are packed.
  ///   - base: where weights come from that `forms` doesn't name; nil: they are untouched, too.
  ///   - forms: how weights would be stored, by name.
  init(isMapped: Bool, over base: (any WeightSource)? = nil, forms: [String: Form] = [:]) {
    self.isMapped = isMapped
    self.base = base
    self.forms = forms
  }

  /// Bytes of the weights that were asked for, as they would be stored.
  var byteCount: Int { given.withLock { $0 } }

  /// Those of them that stay in memory, packed or not.
  var heldByteCount: Int { isMapped ? 0 : byteCount }

  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    let weight = try made(parameter, type)
    given.withLock { $0 += weight.byteCount }
    return weight
  }

  private func made(_ parameter: Parameter, _ type: TensorType) throws -> StoredWeight {
    guard let dims = type.shape.values else { throw DimError.unbound(type.description) }
    let form = forms[parameter.name]
    if form == nil, let base { return try base.weight(for: parameter, type: type) }
    switch form ?? .dense(nil) {
    case .dense(let dtype):
      let dtype = dtype ?? type.dtype
      let storage = try storage(try Tensor.byteCount(dtype, dims))
      return .dense(try Tensor(dtype: dtype, dims: dims, storage: storage))
    case .int8(let axis):
      let matrix = try Int8Matrix(
        rows: dims[0], columns: dims[1], storage: storage(try Tensor.byteCount(.bool, dims)),
        scales: Tensor(zeros: .f32, dims: [dims[axis.rawValue]]), scaled: axis)
      return .int8(matrix)
    }
  }

  private func storage(_ byteCount: Int) throws(TensorError) -> Storage {
    let block = try UntouchedBlock(byteCount: byteCount)
    return Storage(
      borrowing: block.base, byteCount: byteCount, from: block, isReloadable: isMapped)
  }
}

/// Addresses without memory behind them: reading them gives zeros.
///
/// `@unchecked Sendable`: the pointer never changes.
private final class UntouchedBlock: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  private let byteCount: Int

  init(byteCount: Int) throws(TensorError) {
    self.byteCount = max(byteCount, 1)
    let base = mmap(
      nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0)
    guard let base, base != MAP_FAILED else { throw .outOfMemory(bytes: byteCount) }
    self.base = base
  }

  deinit { munmap(base, byteCount) }
}
