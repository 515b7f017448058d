// swift-tools-version: 6.1
import PackageDescription

// Fuzzers of everything that Weft reads. Scripts/fuzz builds them with the sanitizers' flags, which
// no manifest may have.
let package = Package(
  name: "Fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Weft", path: "..")],
  targets: [
    // libFuzzer has the program's main.
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        .product(name: "Serving", package: "Weft"),
        .product(name: "Weft", package: "Weft"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
