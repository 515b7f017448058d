/// A command of a plugin: `weft --plugin PATH NAME …`.
public protocol PluginCommand: Sendable {
  /// The name after `weft`, in kebab case.
  var name: String { get }
  /// One sentence for `weft plugins info`.
  var summary: String { get }
  /// Does what was asked for.
  ///
  /// What it throws is printed, and the exit status is 1.
  ///
  /// - Parameters:
  ///   - arguments: what stood after the name, without what names plugins.
  ///   - registry: what all plugins of the call registered.
  func run(_ arguments: [String], registry: Registry) throws
}
