// swift-tools-version: 6.1
import PackageDescription

// Targets stand in the order of their layers: each imports only those above it.
// Tests/ArchitectureTests reads the imports and says so when one doesn't.
let package = Package(
  name: "Weft",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Weft", targets: ["Weft"]),
    // All of Weft and its commands in one library, for plugins that are loaded at run time.
    .library(name: "WeftPlugin", type: .dynamic, targets: ["WeftPlugin", "WeftCLI"]),
    .library(name: "Serving", targets: ["Serving"]),
    .executable(name: "weft", targets: ["WeftMain"]),
    .executable(name: "weft-host", targets: ["WeftHost"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "CMapping"),
    // weft_plugin.h, which plugins in C are built with.
    .target(name: "CPlugin"),
    .systemLibrary(
      name: "CGraphviz", pkgConfig: "libgvc",
      providers: [.apt(["libgraphviz-dev"]), .brew(["graphviz"])]),
    .target(name: "Tensors"),
    .target(name: "IR", dependencies: ["Tensors"]),
    .target(name: "GraphLanguage", dependencies: ["IR", "Tensors"]),
    .target(name: "Executor", dependencies: ["Tensors", "CKernels"]),
    .target(name: "Compiler", dependencies: ["IR", "Executor", "Tensors", "CKernels"]),
    .target(
      name: "Operators", dependencies: ["Compiler", "IR", "Executor", "Tensors", "CKernels"]),
    .target(name: "Passes", dependencies: ["Operators", "Compiler", "IR", "Tensors"]),
    .target(name: "Formats", dependencies: ["Tensors", "CMapping"]),
    .target(
      name: "Plugins",
      dependencies: [
        "Formats", "Operators", "Compiler", "Executor", "GraphLanguage", "IR", "Tensors", "CPlugin",
      ]),
    .target(name: "Tokenizers", dependencies: ["Formats"]),
    .target(name: "ChatTemplates", dependencies: ["Formats"]),
    .target(name: "Generation", dependencies: ["Tokenizers", "Executor", "Tensors"]),
    .target(
      name: "Profiler",
      dependencies: ["GraphLanguage", "Compiler", "Executor", "IR", "Tensors", "CKernels"]),
    // The page's files are compiled into the program: it needs no folder beside it.
    .target(
      name: "Report", dependencies: ["Profiler", "Executor"],
      resources: [.embedInCode("Page")]),
    // Graphs/ stands here as a link, and its files are compiled into the program.
    .target(name: "ShippedGraphs", resources: [.embedInCode("Graphs")]),
    .target(name: "Diagrams", dependencies: ["Formats", "IR", "Tensors", "CGraphviz"]),
    .target(
      name: "Weft",
      dependencies: [
        "Generation", "ChatTemplates", "ShippedGraphs", "Diagrams", "Report", "Profiler",
        "Tokenizers", "Plugins", "Formats",
        "Passes", "Operators", "Compiler", "Executor", "GraphLanguage", "IR", "Tensors", "CKernels",
      ]),
    // Alone with its libraries: who imports Weft builds none of them.
    .target(
      name: "Serving",
      dependencies: [
        "Weft", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .target(
      name: "WeftCLI",
      dependencies: [
        "Serving", "Weft", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Above Weft, so that a change of a source builds only this again.
    .target(name: "WeftPlugin", dependencies: ["Weft"], plugins: ["BuildIdentity"]),
    .plugin(name: "BuildIdentity", capability: .buildTool()),
    .executableTarget(name: "WeftMain", dependencies: ["WeftCLI"]),
    .executableTarget(name: "WeftHost"),
    // Measures kernels alone: Benchmarks/kernels.
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        "CKernels", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/KernelBenchmarks"),
    .testTarget(name: "KernelsTests", dependencies: ["CKernels"]),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], exclude: ["Reference"]),
    .testTarget(name: "IRTests", dependencies: ["IR", "Tensors"]),
    .testTarget(
      name: "OperatorsTests",
      dependencies: ["Operators", "Compiler", "Executor", "IR", "Tensors", "CKernels"]),
    .testTarget(
      name: "PassesTests",
      dependencies: ["Passes", "Operators", "Compiler", "GraphLanguage", "IR", "Tensors"]),
    .testTarget(
      name: "FormatsTests", dependencies: ["Formats", "Tensors"], exclude: ["Reference"]),
    .testTarget(
      name: "TokenizersTests", dependencies: ["Tokenizers", "Formats"], exclude: ["Reference"]),
    .testTarget(
      name: "PluginsTests",
      dependencies: [
        "Weft", "Plugins", "Passes", "Operators", "Compiler", "Executor", "GraphLanguage", "IR",
        "Tensors",
      ],
      exclude: ["C"]),
    // The package Examples/MixtureOfExperts once more, so that its tests need no other build of Weft.
    .target(
      name: "MixtureExample", dependencies: ["WeftPlugin"],
      path: "Examples/MixtureOfExperts/Sources", resources: [.embedInCode("Layers/mixture.weft")]),
    .testTarget(
      name: "MixtureExampleTests", dependencies: ["MixtureExample"],
      path: "Examples/MixtureOfExperts/Tests"),
    .testTarget(
      name: "ChatTemplatesTests", dependencies: ["ChatTemplates", "Formats"], exclude: ["Reference"]
    ),
    .testTarget(
      name: "GenerationTests",
      dependencies: ["Generation", "Tokenizers", "Formats", "Executor", "Tensors"],
      exclude: ["Reference"]),
    .testTarget(
      name: "ProfilerTests", dependencies: ["Profiler", "Compiler", "Executor", "IR", "Tensors"]),
    .testTarget(
      name: "ReportTests",
      dependencies: ["Report", "Profiler", "Executor", "Compiler", "IR", "Tensors"]),
    .testTarget(
      name: "DiagramsTests",
      dependencies: ["Diagrams", "GraphLanguage", "Operators", "IR", "Tensors"],
      exclude: ["Snapshots"]),
    .testTarget(
      name: "GraphLanguageTests", dependencies: ["GraphLanguage", "Operators", "IR", "Tensors"],
      exclude: ["Wrong"]),
    .testTarget(name: "ExecutorTests", dependencies: ["Executor", "Tensors"]),
    .testTarget(
      name: "CompilerTests",
      dependencies: ["Passes", "Operators", "Compiler", "Executor", "IR", "Tensors"]),
    .testTarget(name: "CommandLineTests", dependencies: ["WeftMain"], exclude: ["Help", "Why"]),
    .testTarget(name: "WeftTests", dependencies: ["Weft"], exclude: ["Reference"]),
  ],
  swiftLanguageModes: [.v6]
)
