/// Where a step finds one of its buffers, and how many bytes of it are its own.
public struct BufferReference: Hashable, Sendable {
  /// The block that a buffer lies in.
  public enum Place: Hashable, Sendable {
    /// The arena, from this offset: a multiple of ``Plan/alignment``.
    case arena(Int)
    /// ``Plan/constants`` at this position.
    case constant(Int)
    /// ``Plan/inputs`` at this position.
    case input(Int)
    /// ``Plan/outputs`` at this position.
    case output(Int)
    /// ``Plan/states`` at this position.
    case state(Int)
  }

  /// The block.
  public var place: Place
  /// Where in the block the buffer starts: not 0 for a view of its part.
  public var byteOffset: Int
  /// The size of the buffer.
  public var byteCount: Int

  /// A buffer of `byteCount` bytes in `place`.
  public init(_ place: Place, byteOffset: Int = 0, byteCount: Int) {
    self.place = place
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }
}

extension BufferReference: CustomStringConvertible {
  /// `arena+4096:128`: the block, where in it, and the bytes.
  public var description: String {
    let block =
      switch place {
      case .arena(let offset): "arena@\(offset)"
      case .constant(let i): "constant \(i)"
      case .input(let i): "input \(i)"
      case .output(let i): "output \(i)"
      case .state(let i): "state \(i)"
      }
    return block + (byteOffset == 0 ? "" : "+\(byteOffset)") + ":\(byteCount)"
  }
}
