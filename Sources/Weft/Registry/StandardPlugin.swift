import Operators
import Passes

/// The ops and passes that Weft ships.
public struct StandardPlugin: Plugin {
  public let name = "weft"

  /// The plugin.
  public init() {}

  public func register(in registry: inout Registry) throws(RegistryError) {
    for op in BuiltinOps.all { try registry.add(op) }
    for pass in Pipeline.standard { try registry.add(pass) }
  }
}
