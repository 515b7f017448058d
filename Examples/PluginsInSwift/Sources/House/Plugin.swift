import WeftPlugin

/// What a house has beside ops: its format of weights, parts of tokenizers,
/// its colours, its reports, its commands, a kernel.
struct HousePlugin: Plugin {
  let name = "house"

  func register(in registry: inout Registry) throws(RegistryError) {
    try registry.add(SoftmaxOfOne())
    try registry.add(TextWeights())
    for part in SpelledTokens.parts { try registry.add(part) }
    try registry.add(CSVReport())
    try registry.add(.blueprint, named: "blueprint")
    try registry.add(CountCommand())
  }
}

/// The function that Weft looks for in the library.
@_cdecl("weft_swift_plugin")
public func plugin() -> UnsafeMutableRawPointer { exported(HousePlugin()) }
