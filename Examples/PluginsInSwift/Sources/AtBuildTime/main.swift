import Foundation
import Weft

// A program with an op of its own: it registers as what Weft ships does, and nothing is loaded.

/// x³.
struct Cube: ElementwiseOp, PlainOp {
  static let signature = OpSignature.unary("cube", "The cube of x.")

  private static let code = ScalarFunction.foreign(
    .block(flops: 2) { x, y, count in
      for i in 0..<count { y[i] = x[i] * x[i] * x[i] }
    } reference: {
      $0 * $0 * $0
    })

  init() {}

  var function: ScalarFunction { Self.code }
}

struct CubePlugin: Plugin {
  let name = "cube"

  func register(in registry: inout Registry) throws(RegistryError) { try registry.add(Cube.self) }
}

let text = """
  model Cubes {
    input x: f32[n]
    output y = cube(x) + 1
  }
  """
let registry = try Registry([StandardPlugin(), CubePlugin()])
let (definition, diagnostics) = GraphLanguage.elaborate(
  text, name: "cubes.weft", ElaborationOptions(ops: registry.ops))
guard let definition else { fatalError(diagnostics.rendered()) }
let entry = try Model(definition, weights: nil, registry: registry).entry()
let outputs = try entry.run(["x": Tensor(dims: [3], floats: [1, 2, 3])])
print(outputs["y"]?.floats ?? [], "in \(try entry.plan(for: ["n": 3]).steps.count) step")
