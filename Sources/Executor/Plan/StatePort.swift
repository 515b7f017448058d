/// Memory that a run reads and changes, and that outlives it.
public struct StatePort: Hashable, Sendable {
  /// The name that people know it by.
  public var name: String
  /// The size of the block.
  public var byteCount: Int

  /// A port from its parts.
  public init(_ name: String, byteCount: Int) {
    self.name = name
    self.byteCount = byteCount
  }
}
