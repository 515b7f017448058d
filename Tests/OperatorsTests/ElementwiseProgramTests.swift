import IR
import Tensors
import Testing

@testable import Operators

/// Fused chains: text, meaning, kernels, and how a pass makes them.
@Suite struct ElementwiseProgramTests {
  static let texts = [
    "gelu(a0, approximation: none)",
    "t0 = add(a0, a1); gelu(t0, approximation: tanh)",
    "t0 = mul(a0, a0); t1 = neg(t0); t2 = exp(t1); sub(t2, a1)",
    "t0 = less(a0, a1); t1 = where(t0, a0, a2); t2 = add(t1, t1); relu(t2)",
    "t0 = cast(a0, dtype: bf16); t1 = cast(t0, dtype: f32); mul(t1, a1)",
    "t0 = add(a0, a1); t1 = add(t0, a2); t2 = add(t1, a3); t3 = add(t2, a4); t4 = add(t3, a5); "
      + "t5 = add(t4, a6); add(t5, a7)",
    "t0 = greater(a0, a1); t1 = less(a0, a1); t2 = logical_or(t0, t1); logical_not(t2)",
    "t0 = dropout(a0, rate: 0.5); add(t0, a1)",
  ]

  @Test(arguments: texts)
  func `text says the program and the program its text`(text: String) throws {
    #expect(try ElementwiseProgram(parsing: text).description == text)
    let op = try FusedElementwise(["program": .string(text)])
    #expect(op.attributes == ["program": .string(text)])
  }

  @Test(arguments: [
    ("", "'' is no call of an op"), ("add(a0, a1", "'add(a0, a1' is no call of an op"),
    ("matmul(a0, a1)", "'matmul' is no elementwise op"),
    ("elementwise(a0)", "'elementwise' is no elementwise op"),
    ("add(a0)", "'add(a0)' needs 2 operands"), ("exp(t0)", "there is no 't0' in 'exp(t0)'"),
    ("exp(a8)", "there is no 'a8' in 'exp(a8)'"), ("exp(b0)", "'b0' is neither a0 … nor t0 …"),
    ("exp(a99999999999999999999)", "'a99999999999999999999' is neither a0 … nor t0 …"),
    ("exp(a0); exp(t0)", "'exp(a0)' must be 't0 = …'"),
    ("t1 = exp(a0); exp(t1)", "'t1 = exp(a0)' must be 't0 = …'"),
    ("exp(a0);", "'exp(a0)' must be 't0 = …'"),
    (String(repeating: "t0 = exp(a0);", count: 16) + "exp(a0)", "at most 16 instructions"),
  ])
  func `wrong programs are refused`(text: String, rule: String) {
    #expect(throws: OpError.attributeRange("program", rule: rule)) {
      try ElementwiseProgram(parsing: text)
    }
  }

  @Test func `wrong attributes inside a program are refused`() {
    #expect(throws: OpError.unknownAttribute("axis")) {
      try ElementwiseProgram(parsing: "exp(a0, axis: 1)")
    }
    #expect(
      throws: OpError.wrongAttribute("dtype", expected: "an element type", found: .string("f8"))
    ) {
      try ElementwiseProgram(parsing: "cast(a0, dtype: f8)")
    }
  }

  @Test(arguments: texts, [DType.f32, .f16, .bf16])
  func kernels(text: String, dtype: DType) throws {
    var samples = Samples()
    // A program that casts ends in f32: its other operands are f32, too.
    let types = text.contains("cast") ? [dtype, .f32] : []
    let op = try FusedElementwise(["program": .string(text)])
    for shapes in [[[9, 33]], [[4, 1, 7], [5, 1], [7]], [[], [3, 600]], [[40000], [1]]] {
      let operands = try (0..<op.program.operandCount).map { i in
        try samples.tensor(types.isEmpty ? dtype : types[i], shapes[i % shapes.count], scale: 1)
      }
      try KernelHarness.check(
        op, operands,
        tolerance: .init(
          relative: KernelHarness.Tolerance.standard(dtype).relative * 4, absolute: 4e-6))
    }
  }

  @Test func `an explicit conversion inside a program rounds`() throws {
    let op = try FusedElementwise(["program": .string(Self.texts[4])])
    let x = try Tensor(.f32, dims: [2], doubles: [1.001, 3.14159])
    let one = try Tensor(.f32, dims: [], doubles: [1])
    let rounded = try Tensor(.bf16, dims: [2], doubles: [1.001, 3.14159])
    #expect(try op.evaluate([x, one])[0].doubles == rounded.doubles)
    try KernelHarness.check(op, [x, one], tolerance: .exact)
  }

  @Test func `random programs of integers are exact`() throws {
    var samples = Samples(seed: 7)
    let ops: [any ElementwiseOp] = [
      Add(), Sub(), Mul(), Div(), Minimum(), Maximum(), Neg(), Relu(),
    ]
    func pick(_ count: Int) -> Int { min(Int((samples.unit() + 1) / 2 * Double(count)), count - 1) }
    for _ in 0..<100 {
      let operandCount = 1 + pick(8)
      let length = 1 + pick(16)
      let instructions = (0..<length).map { i in
        let op = ops[pick(ops.count)]
        let sources = (0..<op.function.operandCount).map { _ -> ElementwiseProgram.Source in
          let chosen = pick(operandCount + i)
          return chosen < operandCount ? .operand(chosen) : .result(chosen - operandCount)
        }
        return ElementwiseProgram.Instruction(op: op, sources: sources)
      }
      let program = ElementwiseProgram(operandCount: operandCount, instructions: instructions)
      let operands = try (0..<operandCount).map { i in
        try samples.tensor(.i32, [[5, 9], [9], [5, 1], []][i % 4], scale: 1e6)
      }
      try KernelHarness.check(FusedElementwise(program), operands)
    }
  }

  @Test func `a chain absorbs what produces its operands`() throws {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [4, 8]))
    let bias = builder.input("bias", TensorType(.f32, [8]))
    let sum = try builder.add(Add(), [x, bias])[0]
    let activated = try builder.add(Gelu(), [sum])[0]
    let product = try builder.add(Mul(), [activated, x])[0]
    builder.output("y", product)
    let graph = builder.graph()
    var chain = try #require(ElementwiseChain(graph.nodes[2]))
    for (node, value) in [(graph.nodes[1], activated), (graph.nodes[0], sum)] {
      let producer = try #require(ElementwiseChain(node))
      chain = try #require(chain.absorbing(producer, of: value))
    }
    #expect(
      chain.program.description
        == "t0 = add(a0, a1); t1 = gelu(t0, approximation: none); mul(t1, a0)")
    #expect(chain.operands == [x, bias])

    var samples = Samples()
    let a = try samples.tensor(.f32, [4, 8])
    let b = try samples.tensor(.f32, [8])
    let fused = try chain.op.evaluate([a, b])[0]
    let sums = try Add().evaluate([a, b])
    let apart = try Mul().evaluate([Gelu().evaluate(sums)[0], a])[0]
    for (p, q) in zip(fused.doubles, apart.doubles) { #expect(abs(p - q) < 1e-5) }
    #expect(chain.absorbing(chain, of: product) == nil)
  }

  @Test func `a chain that would be too long is refused`() throws {
    var builder = GraphBuilder(name: "main")
    var value = builder.input("x", TensorType(.f32, [4]))
    for _ in 0..<17 { value = try builder.add(Exp(), [value])[0] }
    builder.output("y", value)
    let graph = builder.graph()
    var chain = try #require(ElementwiseChain(graph.nodes[16]))
    for i in stride(from: 15, through: 1, by: -1) {
      let producer = try #require(ElementwiseChain(graph.nodes[i]))
      chain = try #require(chain.absorbing(producer, of: graph.nodes[i].results[0]))
    }
    let last = try #require(ElementwiseChain(graph.nodes[0]))
    #expect(chain.absorbing(last, of: graph.nodes[0].results[0]) == nil)
  }

  @Test func `a value used twice is one operand`() throws {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [4]))
    builder.output("y", try builder.add(Mul(), [x, x])[0])
    let chain = try #require(ElementwiseChain(builder.graph().nodes[0]))
    #expect(chain.operands == [x])
    #expect(chain.program.description == "mul(a0, a0)")
  }
}
