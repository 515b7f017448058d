/// A set of things that registers itself: ops, passes, graph files, kernels, formats, parts of tokenizers,
/// reports, themes, commands. What Weft ships comes through the same door.
///
/// ```swift
/// struct Sparse: Plugin {
///   let name = "sparse"
///   func register(in registry: inout Registry) throws(RegistryError) {
///     try registry.add(TopKGate.self)
///     try registry.add(FuseGate(), .before("fuse-elementwise"))
///   }
/// }
/// let registry = try Registry([StandardPlugin(), Sparse()])
/// ```
public protocol Plugin: Sendable {
  /// The name in messages and in `weft plugins list`.
  var name: String { get }
  /// Adds what the plugin has. All of it is taken, or nothing: where this throws, no registry is made.
  func register(in registry: inout Registry) throws(RegistryError)
}
