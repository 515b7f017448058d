import Compiler
import GraphLanguage
import IR
import Operators
import Passes
import Tensors
import Testing

/// Models in which something nearly happens: told with the predicate, the line and what to change.
@Suite struct NearMissTests {
  @Test(arguments: NearMissCase.all)
  func `a near miss says what failed, where, and what to change`(_ miss: NearMissCase) throws {
    let (report, lines) = try Self.compile(miss.near)
    let missed = report.remarks.filter { $0.kind == .missed && $0.pass == miss.pass }
    let remark = try #require(missed.first { $0.nearMiss?.predicate == miss.predicate })
    let nearMiss = try #require(remark.nearMiss)
    #expect(missed.count == 1, "\(missed.map(\.message))")
    #expect(remark.message.contains(miss.message))
    let place = nearMiss.location ?? remark.origin.location
    let marked = try #require(lines.firstIndex { $0.contains("// <-") })
    #expect(place?.line == marked + 1, "\(String(describing: place))")
    #expect(nearMiss.hint?.contains(miss.hint) == true, "\(nearMiss.hint ?? "")")
    if nearMiss.predicate == .soleUse { #expect(!nearMiss.uses.isEmpty) }
  }

  @Test(arguments: NearMissCase.all.filter { $0.changed != nil })
  func `what the hint says helps`(_ miss: NearMissCase) throws {
    let (report, _) = try Self.compile(try #require(miss.changed))
    let own = report.remarks.filter { $0.pass == miss.pass }
    #expect(own.filter { $0.kind == .missed }.map(\.message) == [])
    #expect(own.contains { $0.kind == .applied })
  }

  @Test func `every pass that fuses has a near miss here`() {
    let silent: Set = ["canonicalize"]
    let passes = Set(Pipeline.standard.map(\.name)).subtracting(silent)
    #expect(passes.subtracting(NearMissCase.all.map(\.pass)) == [])
  }

  @Test func `every predicate has a near miss here`() {
    #expect(Set(NearMissCase.all.map(\.predicate)) == Set(NearMiss.Predicate.allCases))
  }

  @Test func `what isn't nearly an attention is no near miss`() throws {
    for output in [
      "matmul(softmax(linear(x, w)), v)", "matmul(softmax(x), v)", "matmul(exp(x) / (x + 1.0), v)",
    ] {
      let (report, _) = try Self.compile(
        """
        input x: f32[batch, n, 8]
        input v: f32[batch, 8, 4]
        param w: f32[8, 8]
        output y = \(output)
        """)
      let missed = report.remarks.filter { $0.kind == .missed && $0.pass == "recognize-attention" }
      #expect(missed.isEmpty, "\(output): \(missed.map(\.message))")
    }
  }

  @Test func `an op without a reference isn't folded`() throws {
    var builder = GraphBuilder(name: "main")
    let constant = builder.constant(try .init(dims: [2], floats: [1, 2]))
    builder.output("y", try builder.add(Unknown(), [constant])[0])
    let report = try PassManager([FoldConstants()]).compile(builder.graph()).report
    #expect(report.remarks.map(\.nearMiss?.predicate) == [.knownOp])
  }

  /// What the shipped passes say of a model with these statements, and its lines.
  static func compile(
    _ statements: String
  ) throws -> (report: CompilationReport, lines: [String]) {
    let text = "model M {\n\(statements)\n}\n"
    let (model, diagnostics) = GraphLanguage.elaborate(
      text, name: "m.weft", ElaborationOptions(ops: BuiltinOps.table()))
    let graph = try #require(model?.entries.first, "\(diagnostics)")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return (try PassManager(Pipeline.standard).compile(graph).report, lines)
  }
}

/// An op that nobody can evaluate.
private struct Unknown: Op {
  static let signature = OpSignature("unknown", "Nothing.", operands: [.required("x")])

  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { operands }
}
