import WeftPlugin

/// Mixtures of experts: three ops, a pass and a file of layers.
public struct MixtureOfExpertsPlugin: Plugin {
  public let name = "mixture-of-experts"

  /// The plugin.
  public init() {}

  public func register(in registry: inout Registry) throws(RegistryError) {
    try registry.add(ExpertRoute.self)
    try registry.add(ExpertAnswers.self)
    try registry.add(ExpertSum.self)
    // Before sums are made parts of elementwise chains.
    try registry.add(FuseExpertSum(), .before("fuse-elementwise"))
    try registry.add(GraphFile("mixture/mixture.weft") { PackageResources.mixture_weft })
  }
}

/// The function that Weft looks for in the library.
@_cdecl("weft_swift_plugin")
public func plugin() -> UnsafeMutableRawPointer { exported(MixtureOfExpertsPlugin()) }
