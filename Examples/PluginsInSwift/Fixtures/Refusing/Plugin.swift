import WeftPlugin

/// A plugin that can't register, and says why.
struct RefusingPlugin: Plugin {
  let name = "refusing"

  func register(in registry: inout Registry) throws(RegistryError) {
    throw .refused(plugin: name, reason: "the moon is full")
  }
}

@_cdecl("weft_swift_plugin")
public func plugin() -> UnsafeMutableRawPointer { exported(RefusingPlugin()) }
