extension Tensor {
  /// A copy with elements of type `dtype`, each rounded to it.
  ///
  /// 16-bit reals are widened at the speed of memory: the loops below become vector code.
  public func converted(to dtype: DType) throws(TensorError) -> Tensor {
    let copy = try Tensor(uninitialized: dtype, dims: dims)
    let aligned = try aligned()
    defer { withExtendedLifetime(aligned.storage) {} }
    switch (aligned.dtype, dtype) {
    case (let from, let to) where from == to:
      copy.pointer.copyMemory(from: aligned.pointer, byteCount: byteCount)
    case (.f16, .f32): Tensor.widen(aligned, into: copy, HalfPrecision.float(fromBinary16:))
    case (.bf16, .f32): Tensor.widen(aligned, into: copy, HalfPrecision.float(fromBFloat16:))
    default:
      for i in 0..<count { copy.initialize(aligned.double(at: i), at: i) }
    }
    return copy
  }

  @inline(__always)
  private static func widen(
    _ source: Tensor, into target: Tensor, _ float: (UInt16) -> Float
  ) {
    let from = source.pointer.assumingMemoryBound(to: UInt16.self)
    let to = target.pointer.assumingMemoryBound(to: Float.self)
    for i in 0..<source.count { to[i] = float(from[i]) }
  }
}
