import WeftPlugin

/// A plugin whose command has the name of one that Weft ships.
struct TakesNamePlugin: Plugin {
  let name = "takes-name"

  func register(in registry: inout Registry) throws(RegistryError) {
    try registry.add(CheckCommand())
  }
}

struct CheckCommand: PluginCommand {
  let name = "check"
  let summary = "Never runs."

  func run(_ arguments: [String], registry: Registry) {}
}

@_cdecl("weft_swift_plugin")
public func plugin() -> UnsafeMutableRawPointer { exported(TakesNamePlugin()) }
