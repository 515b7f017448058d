/// A plugin in Swift on its way from its library to Weft, as one pointer.
public final class ExportedPlugin: Sendable {
  /// The plugin.
  public let plugin: any Plugin

  /// Holds `plugin`, which was built against what `identity` says.
  public init(_ plugin: any Plugin, builtAgainst identity: StaticString) {
    self.plugin = plugin
  }

  /// The pointer; ``taken(from:)`` takes it back.
  public func retained() -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(self).toOpaque()
  }

  /// The plugin that ``retained()`` gave a pointer to.
  static func taken(from pointer: UnsafeMutableRawPointer) -> any Plugin {
    Unmanaged<ExportedPlugin>.fromOpaque(pointer).takeRetainedValue().plugin
  }
}
