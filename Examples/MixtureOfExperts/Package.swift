// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "mixture-of-experts",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MixtureOfExperts", type: .dynamic, targets: ["MixtureOfExperts"])
  ],
  // The sources of the Weft that loads it: another build refuses it.
  dependencies: [.package(name: "weft", path: "../..")],
  targets: [
    .target(
      name: "MixtureOfExperts", dependencies: [.product(name: "WeftPlugin", package: "weft")],
      path: "Sources", resources: [.embedInCode("Layers/mixture.weft")]),
    .testTarget(
      name: "MixtureOfExpertsTests", dependencies: ["MixtureOfExperts"], path: "Tests"),
  ],
  swiftLanguageModes: [.v6]
)
