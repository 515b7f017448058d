import Foundation
import Synchronization

/// Weights of the right types over memory that nobody touches, so that it takes none: for plans that
/// tell what they would take and never run.
final class UntouchedWeights: WeightSource {
  private let isMapped: Bool
  private let base: (any WeightSource)?
  private let forms: [String: StoredForm]
  private let given = Mutex(Given())

  /// What was asked for.
  private struct Given: Sendable {
    var byteCount = 0
    var places: [Place] = []
  }

  /// Where a weight stands.
  private struct Place: Sendable {
    let name: String
    let storage: Storage
    let bytes: Range<Int>

    init(_ weight: StoredWeight, _ name: String) {
      let range =
        switch weight {
        case .dense(let tensor): StorageRange(tensor)
        case .int8(let matrix): StorageRange(matrix)
        case .blocks(let matrix): StorageRange(matrix)
        }
      (storage, bytes, self.name) = (range.storage, range.bytes, name)
    }
  }

  /// Untouched weights.
  ///
  /// - Parameters:
  ///   - isMapped: whether they stand for a file's, which leave memory once they are packed.
  ///   - base: where weights come from that `forms` doesn't name; nil: they are untouched, too.
  ///   - forms: how weights would be stored, by name.
  init(isMapped: Bool, over base: (any WeightSource)? = nil, forms: [String: StoredForm] = [:]) {
    self.isMapped = isMapped
    self.base = base
    self.forms = forms
  }

  /// Bytes of the weights that were asked for, as they would be stored.
  var byteCount: Int { given.withLock { $0.byteCount } }

  /// The name of the weight that `range` is a part of; nil for what was computed.
  func name(of range: StorageRange) -> String? {
    given.withLock { given in
      given.places.first { place in
        place.storage === range.storage && place.bytes.contains(range.bytes.lowerBound)
      }?.name
    }
  }

  /// Those of them that stay in memory, packed or not.
  var heldByteCount: Int { isMapped ? 0 : byteCount }

  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    let weight = try made(parameter, type)
    given.withLock { given in
      given.byteCount += weight.byteCount
      given.places.append(Place(weight, parameter.name))
    }
    return weight
  }

  private func made(_ parameter: Parameter, _ type: TensorType) throws -> StoredWeight {
    guard let dims = type.shape.values else { throw DimError.unbound(type.description) }
    let form = forms[parameter.name]
    if let base {
      let weight = try base.weight(for: parameter, type: type)
      // What is stored in few bits already stays as it is.
      guard let form, weight.byteCount > form.byteCount(dims) else { return weight }
    }
    switch form ?? .dense(type.dtype) {
    case .dense(let dtype):
      let storage = try storage(try Tensor.byteCount(dtype, dims))
      return .dense(try Tensor(dtype: dtype, dims: dims, storage: storage))
    case .blocks(let format):
      return .blocks(
        try BlockMatrix(
          format: format, rows: dims[0], columns: dims[1],
          storage: storage(try BlockMatrix.byteCount(format, dims))))
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
