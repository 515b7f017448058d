import WeftPlugin

/// An activation with all that belongs to it: the op, a pass that finds it written out, and layers that use it.
struct SquaredReluPlugin: Plugin {
  let name = "squared-relu"

  func register(in registry: inout Registry) throws(RegistryError) {
    try registry.add(SquaredRelu.self)
    // While single ops are still there.
    try registry.add(FormSquaredRelu(), .before("fuse-linear"))
    try registry.add(GraphFile("squared-relu/layers.weft", text: layers))
  }
}

/// The function that Weft looks for in the library.
@_cdecl("weft_swift_plugin")
public func plugin() -> UnsafeMutableRawPointer { exported(SquaredReluPlugin()) }
