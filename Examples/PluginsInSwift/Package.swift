// swift-tools-version: 6.1
import PackageDescription

/// A plugin for Weft: a library of its own, which shares Weft's with the program that loads it.
func plugin(_ name: String, path: String) -> Target {
  .target(name: name, dependencies: [.product(name: "WeftPlugin", package: "weft")], path: path)
}

let package = Package(
  name: "PluginsInSwift",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "SquaredRelu", type: .dynamic, targets: ["SquaredRelu"]),
    .library(name: "House", type: .dynamic, targets: ["House"]),
    .library(name: "Refusing", type: .dynamic, targets: ["Refusing"]),
    .library(name: "TakesName", type: .dynamic, targets: ["TakesName"]),
  ],
  dependencies: [.package(name: "weft", path: "../..")],
  targets: [
    plugin("SquaredRelu", path: "Sources/SquaredRelu"),
    plugin("House", path: "Sources/House"),
    // The same plugin as part of a program, which has Weft linked in.
    .executableTarget(
      name: "AtBuildTime", dependencies: [.product(name: "Weft", package: "weft")],
      path: "Sources/AtBuildTime"),
    // What tests see refused.
    plugin("Refusing", path: "Fixtures/Refusing"),
    plugin("TakesName", path: "Fixtures/TakesName"),
  ],
  swiftLanguageModes: [.v6]
)
