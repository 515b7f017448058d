/// A set of ops and passes that registers itself. What Weft ships comes through the same door.
///
/// ```swift
/// struct Sparse: Plugin {
///   let name = "sparse"
///   func register(in registry: inout Registry) throws(RegistryError) {
///     try registry.add(TopKGate.self)
///     try registry.add(FuseGate())
///   }
/// }
/// let registry = try Registry([StandardPlugin(), Sparse()])
/// ```
public protocol Plugin: Sendable {
  /// The name in messages and in `weft doctor`.
  var name: String { get }
  /// Adds what the plugin has.
  func register(in registry: inout Registry) throws(RegistryError)
}
