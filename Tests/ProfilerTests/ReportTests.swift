import Foundation
import IR
import Tensors
import Testing

@testable import Compiler
@testable import Executor
@testable import Profiler

@Suite struct ReportTests {
  @Test func `a machine is measured`() throws {
    let report = try MachineReport.measure(
      weft: "0.1", plugins: ["weft", "sparse"], graphviz: "2.43.0",
      threads: ProcessorCount(count: 2, explanation: "2 of 8 processors"),
      seconds: 0.005, byteCount: 4 << 20)
    #expect(report.gigaflopsPerSecond.oneThread > 0)
    #expect(report.gigaoperationsPerSecondInt8.oneThread > 0)
    #expect(report.gigabytesPerSecond.allThreads > 0)
    #expect(report.memoryByteCount > 0)
    #expect(report.text.contains(/Graphviz +2\.43\.0/))
    #expect(report.text.contains(/threads +2: 2 of 8 processors/))
    #expect(report.text.contains(/plugins +weft, sparse/))
    let again = try JSONDecoder().decode(MachineReport.self, from: Data(report.json().utf8))
    #expect(again.instructionSet == report.instructionSet)
    #expect(again.graphviz == "2.43.0")
    #expect(again.weft == "0.1")
  }

  @Test func `a report of a machine tells no secret of the environment`() {
    let told = MachineReport.environment([
      "WEFT_ISA": "avx2", "WEFT_API_KEY": "secret", "HOME": "/home/someone",
    ])
    #expect(told == ["WEFT_ISA": "avx2"])
  }

  /// Says one thing of each node, rewrites nothing.
  struct Saying: Pass {
    let name = "say-something"
    let summary = "Says something."
    func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
      for layer in 0..<3 {
        context.missed(
          "norm not fused: h3 has 2 uses",
          Origin([
            .init(
              location: SourceLocation(file: "m.weft", line: 41, column: 7),
              path: LayerPath([.init("layer", index: layer)]))
          ]))
      }
      return []
    }
  }

  @Test func `a report tells passes, remarks and memory`() throws {
    var builder = GraphBuilder(name: "encode")
    builder.output("y", builder.input("x", TensorType(.f32, [2])))
    let compiled = try PassManager([Saying()]).compile(builder.graph())
    let plan = MemoryPlanner.plan([
      LiveInterval(byteCount: 4096, first: 0, last: 2),
      LiveInterval(byteCount: 1024, first: 1, last: 1),
    ])
    let memory = MemoryReport(
      plan, steps: [("gather", "embeddings"), ("linear", "encoder")], constants: 10,
      packedWeights: 20
    ) { i in
      MemoryReport.Buffer(
        name: "v\(i)", type: "f32[2]", layer: "encoder", offset: plan.offsets[i],
        byteCount: plan.intervals[i].byteCount, first: plan.intervals[i].first,
        last: plan.intervals[i].last)
    }
    #expect(memory.steps.map(\.alive) == [4096, 5120])
    let report = CompilerReport(compiled, memory: memory)
    let text = report.text()
    #expect(text.hasPrefix("pass           patches  nodes"))
    #expect(text.contains("say-something        0      0  → 0"))
    #expect(
      text.contains(
        "m.weft:41:7: missed: norm not fused: h3 has 2 uses (3 times) [say-something]"))
    #expect(
      text.contains("arena 5.00 KiB for 2 buffers, lower bound 5.00 KiB, ratio 1.000"))
    #expect(text.contains("peak at step 1 (linear), alive:"))
    #expect(text.contains("4.00 KiB  80.0  v0     f32[2]    0–2  encoder"))
    #expect(report.text(colored: true).contains("\u{1b}[33mmissed\u{1b}[0m"))
    let again = try JSONDecoder().decode(CompilerReport.self, from: Data(report.json().utf8))
    #expect(again == report)
  }
}
