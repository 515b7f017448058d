extension PluginTemplate {
  /// An op that divides each row by its largest magnitude: types, reference, cost and kernel.
  static let op = [
    File(path: "Sources/Plugin.swift", text: opPlugin),
    File(path: "Sources/MODULEOp.swift", text: opSource),
    File(path: "Sources/MODULEKernel.swift", text: kernelSource),
    File(path: "Tests/MODULETests.swift", text: opTests),
    File(path: "example.weft", text: opExample),
  ]

  private static let opPlugin = """
    import WeftPlugin

    /// What this package adds to Weft.
    struct MODULEPlugin: Plugin {
      let name = "NAME"

      func register(in registry: inout Registry) throws(RegistryError) {
        try registry.add(MODULEOp.self)
      }
    }

    /// The function that Weft looks for in the library.
    @_cdecl("weft_swift_plugin")
    public func plugin() -> UnsafeMutableRawPointer { exported(MODULEPlugin()) }

    """

  private static let opSource = """
    import WeftPlugin

    /// Each row divided by its largest magnitude: x / max(maxⱼ |xⱼ|, epsilon).
    struct MODULEOp: Op {
      static let signature = OpSignature(
        "SNAKE", "Each row divided by its largest magnitude.", category: .normalization,
        operands: [.required("x")],
        attributes: [.init("epsilon", .double, default: .double(1e-6))])

      let epsilon: Double

      init(_ attributes: Attributes) throws(OpError) {
        epsilon = try attributes.double("epsilon")
        guard epsilon > 0 else { throw .attributeRange("epsilon", rule: "epsilon above 0") }
      }

      var attributes: Attributes { ["epsilon": .double(epsilon)] }

      func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
        try operands.check(count: 1)
        try operands.check(0, dtypes: [.f32])
        try operands.check(0, rankAtLeast: 1)
        return operands
      }
    }

    /// The definition, in Double: what the kernel is compared with.
    extension MODULEOp: Evaluable {
      func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
        let x = operands[0]
        let width = x.dims[x.dims.count - 1]
        var values = (0..<x.count).map { x.double(at: $0) }
        for start in stride(from: 0, to: values.count, by: max(width, 1)) {
          let row = start..<start + width
          let largest = row.reduce(epsilon) { max($0, abs(values[$1])) }
          for i in row { values[i] /= largest }
        }
        return [try Tensor(.f32, dims: x.dims, doubles: values)]
      }
    }

    /// What profiles count.
    extension MODULEOp: Costed {
      func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
        saturatingProduct((results[0].shape.values ?? [0]) + [3])
      }
    }

    /// The result may be written over x where nobody else needs that.
    extension MODULEOp: InPlace {
      var overwritableOperands: [Int] { [0] }
    }

    """

  private static let kernelSource = """
    import WeftPlugin

    extension MODULEOp: KernelProviding {
      func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
        let dims = request.dims(ofOperand: 0)
        let width = dims[dims.count - 1]
        let rows = dims.dropLast().reduce(1, *)
        return KernelBinding(
          MODULEKernel(
            width: width, tiling: RowTiles(rows: rows, bytesPerRow: 8 * width),
            epsilon: Float(epsilon)),
          operands: [0])
      }
    }

    /// A tile is a few rows. `run` doesn't allocate, throw or lock.
    struct MODULEKernel: Kernel {
      let width: Int
      let tiling: RowTiles
      let epsilon: Float

      var name: String { "f32-NAME" }
      var tiles: Int { tiling.count }

      func run(tiles: Range<Int>, io: KernelIO) {
        let (x, y) = (io[0], io[1])
        for row in tiling.rows(tiles) {
          let from = x.assumingMemoryBound(to: Float.self) + row * width
          let to = y.assumingMemoryBound(to: Float.self) + row * width
          var largest = epsilon
          for i in 0..<width { largest = max(largest, abs(from[i])) }
          for i in 0..<width { to[i] = from[i] / largest }
        }
      }
    }

    """

  private static let opTests = """
    import Foundation
    import Testing

    @testable import MODULE
    import WeftPlugin

    @Suite struct `MODULE` {
      static let example = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "example.weft")

      func model() throws -> Model {
        let registry = try Registry([StandardPlugin(), MODULEPlugin()])
        return try Model(ModelSource(file: Self.example), weights: nil, registry: registry)
      }

      @Test(arguments: [1, 2, 7, 64])
      func `the kernel gives what the definition says`(width: Int) throws {
        let x = try Tensor(
          dims: [3, width], floats: (0..<3 * width).map { Float($0 % 11) - 5.5 })
        let outputs = try model().entry().run(["x": x])
        let y = try #require(outputs["y"])
        let expected = try MODULEOp(["epsilon": .double(1e-6)]).evaluate([x])[0]
        for i in 0..<y.count { #expect(abs(y.double(at: i) - expected.double(at: i)) < 1e-6) }
        #expect(y.floats.contains { abs($0) == 1 })
      }

      @Test func `other elements are refused`() {
        #expect(throws: OpError.self) {
          try MODULEOp(["epsilon": .double(1e-6)]).resultTypes([TensorType(.i32, [2, 3])])
        }
      }

      @Test func `an epsilon of 0 is refused`() {
        #expect(throws: OpError.self) { try MODULEOp(["epsilon": .double(0)]) }
      }
    }

    """

  private static let opExample = """
    /// What the plugin's op is for.
    model Example {
      input x: f32[rows, width]
      output y = SNAKE(x)
    }

    """
}
