import Compiler
import IR

/// Everything that plugins registered: what a graph file may use and what the compiler runs.
///
/// A value, built once and immutable after. There is no global.
public struct Registry: Sendable {
  /// The ops that a graph may use.
  public private(set) var ops: OpTable
  /// The passes, in the order in which they run.
  public private(set) var passes: [any Pass] = []
  /// The plugins, in the order in which they registered.
  public private(set) var plugins: [String] = []

  /// A registry of `plugins`, in this order.
  public init(_ plugins: [any Plugin]) throws(RegistryError) {
    do { ops = try OpTable() } catch { throw .op(plugin: "", error) }
    for plugin in plugins {
      guard !self.plugins.contains(plugin.name) else { throw .pluginTwice(plugin.name) }
      self.plugins.append(plugin.name)
      try plugin.register(in: &self)
    }
  }

  /// What Weft ships.
  public static func standard() throws(RegistryError) -> Registry {
    try Registry([StandardPlugin()])
  }

  /// Adds an op under its name.
  public mutating func add(_ op: any Op.Type) throws(RegistryError) {
    do { try ops.add(op) } catch { throw .op(plugin: plugins.last ?? "", error) }
  }

  /// Appends a pass to the pipeline.
  public mutating func add(_ pass: any Pass) throws(RegistryError) {
    guard !passes.contains(where: { $0.name == pass.name }) else {
      throw .passTaken(plugin: plugins.last ?? "", pass: pass.name)
    }
    passes.append(pass)
  }
}

/// Why a plugin couldn't register.
public enum RegistryError: Error, CustomStringConvertible {
  /// Two plugins have one name.
  case pluginTwice(String)
  /// A plugin's op can't be added.
  case op(plugin: String, OpTableError)
  /// A pass of that name is there already.
  case passTaken(plugin: String, pass: String)

  public var description: String {
    switch self {
    case .pluginTwice(let name): "two plugins are named '\(name)'"
    case .op(let plugin, let error): "plugin '\(plugin)': \(error)"
    case .passTaken(let plugin, let pass):
      "plugin '\(plugin)': a pass named '\(pass)' is registered already"
    }
  }
}
