import Foundation
import Testing
import Weft

@testable import Plugins

/// Functions of a plugin that fail, give nonsense or don't return: an error with the op, the plugin and
/// the line, and the process lives on.
@Suite struct MisbehavingOpTests {
  static let text = """
    model M {
      input x: f32[n, 4]

      output y = echo(x)
    }
    """

  private func check(_ flags: String...) throws -> String {
    let plugin = try ForeignPlugin(path: PluginCompiler.bad(flags))
    let registry = try Registry([StandardPlugin(), plugin])
    let (model, diagnostics) = GraphLanguage.elaborate(
      Self.text, name: "m.weft", ElaborationOptions(ops: registry.ops))
    guard let model else { return diagnostics.rendered() }
    do {
      let entry = try Model(model, weights: nil, registry: registry).entry()
      let x = try Tensor(.f32, dims: [2, 4], doubles: [1, 2, 3, 4, 5, -6, -7, 8])
      let y = try entry.run(["x": x])["y"]
      return "ran: \(y?.doubles ?? [])"
    } catch {
      return "\(error)"
    }
  }

  static let shapes: [(flag: String, says: String)] = [
    (
      "BEFORE_SHAPE=return weft_fail(error, 0, \"needs x of rank %d\", 7);",
      "m.weft:4:14: error: 'echo' needs x of rank 7: x is f32[n, 4]"
    ),
    ("BEFORE_SHAPE=return 1;", "the function 'shape' of plugin 'bad' failed without a reason"),
    ("BEFORE_SHAPE=return weft_fail(error, 99, \"needs more\");", "error: 'echo' needs more\n"),
    ("EXTENT=-5", "gave result 0 the extent -5 at axis 0, which is none"),
    ("EXTENT=WEFT_NO_DIM", "gave result 0 the extent WEFT_NO_DIM at axis 0"),
    ("EXTENT=weft_dim_divide(call,x->dims[0],3)", "n is not divisible by 3"),
    ("EXTENT=weft_dim_add(call,x->dims[0],-9)", "gave result 0 the extent WEFT_NO_DIM"),
    ("RANK=99", "gave result 0 99 axes, where 8 is the most"),
    ("ELEMENT=42", "gave result 0 the element type 42, which there is none of"),
    ("EXTENT=INT64_MAX", "whose bytes can't be counted"),
    ("TILES=0", "gave 0 tiles, where 1 to 2^24 - 1 may be"),
    ("TILES=-1", "gave -1 tiles"),
    ("TILES=INT64_MAX", "gave 9223372036854775807 tiles"),
    ("SCRATCH=-1", "asked for -1 bytes of scratch"),
    ("SCRATCH=INT64_MAX", "asked for 9223372036854775807 bytes of scratch"),
    ("RUN=NULL", "the function 'kernel' of plugin 'bad' gave no function"),
    (
      "BEFORE_KERNEL=return weft_fail(error, -1, \"needs another machine\");",
      "m.weft:4:14: error: 'echo' needs another machine"
    ),
  ]

  @Test(arguments: shapes.indices)
  func `nonsense is refused`(_ i: Int) throws {
    let (flag, says) = Self.shapes[i]
    let message = try check(flag)
    #expect(message.contains(says), "\(flag): \(message)")
  }

  @Test func `a kernel's fault ends the run with the plugin's words`() throws {
    let message = try check()
    #expect(message.contains("a number is below 0, at 5"), "\(message)")
  }

  @Test(arguments: [
    ("running", "isn't elementwise: element 1 of 37 became "),
    ("crooked", "can't write over operand 0: element 0 became "),
  ])
  func `an op that only says it is elementwise is refused`(name: String, says: String) throws {
    let path = try PluginCompiler.library("Tests/PluginsTests/C/mean.c", ["-std=c11"])
    let registry = try Registry([StandardPlugin(), ForeignPlugin(path: path)])
    let text = "model M {\n  input x: f32[n, 4]\n\n  output y = exp(\(name)(x))\n}\n"
    let message = GraphLanguage.elaborate(
      text, name: "m.weft", ElaborationOptions(ops: registry.ops)
    ).diagnostics.rendered()
    #expect(message.hasPrefix("m.weft:4:18: error: '\(name)' can't be used: "), "\(message)")
    #expect(message.contains("the function 'elementwise' of plugin 'means' \(says)"), "\(message)")
  }

  @Test func `a shape that hangs is given up, and the plugin with it`() throws {
    let path = try PluginCompiler.bad("BEFORE_SHAPE=for (;;) pause();")
    let plugin = try ForeignPlugin(path: path, limit: .milliseconds(200))
    let op = try plugin.ops[0].make([:])
    func refusal() -> String {
      do {
        _ = try op.resultTypes([TensorType(.f32, [2, Dim(Int.random(in: 1...9999))])])
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(
      refusal() == "can't be used: the function 'shape' of plugin 'bad' didn't return within 0.2 "
        + "seconds; nothing of it is called again")
    #expect(
      refusal() == "can't be used: a function of plugin 'bad' didn't return before")
  }

  @Test func `nothing of an abandoned plugin is asked again, its references neither`() throws {
    let path = try PluginCompiler.bad(
      "OPS=both", "REFERENCE=reference", "BEFORE_SHAPE=if (x->rank == 3) for (;;) pause();")
    let plugin = try ForeignPlugin(path: path, limit: .milliseconds(200))
    let x = try Tensor(.f32, dims: [2], doubles: [1, 2])
    let ops = try plugin.ops.map { try #require(try $0.make([:]) as? any Evaluable) }
    for op in ops { #expect(try op.evaluate([x])[0].doubles == [1, 2]) }
    #expect(throws: OpError.self) { try ops[0].resultTypes([TensorType(.f32, [1, 1, 1])]) }
    for op in ops {
      let error = #expect(throws: OpError.self) { try op.evaluate([x]) }
      #expect(error.map { "\($0)" }?.contains("didn't return before") == true)
      #expect(throws: OpError.self) { try op.resultTypes([x.type]) }
    }
  }

  @Test(arguments: ["BEFORE_KERNEL=for (;;) pause();", "COST=late_cost"])
  func `a kernel or cost that hangs is given up`(_ flag: String) throws {
    let path = try PluginCompiler.bad(flag)
    let plugin = try ForeignPlugin(path: path, limit: .milliseconds(200))
    let registry = try Registry([StandardPlugin(), plugin])
    let (model, _) = GraphLanguage.elaborate(
      Self.text, name: "m.weft", ElaborationOptions(ops: registry.ops))
    let entry = try? Model(#require(model), weights: nil, registry: registry).entry()
    let x = try Tensor(.f32, dims: [2, 4], doubles: [1, 2, 3, 4, 5, 6, 7, 8])
    _ = try? entry?.run(["x": x])
    let op = try #require(try plugin.ops[0].make([:]) as? any Costed)
    _ = op.flops([x.type], [x.type])
    let error = #expect(throws: OpError.self) { try op.resultTypes([TensorType(.f32, [7])]) }
    #expect(error.map { "\($0)" }?.contains("didn't return before") == true)
  }

  @Test func `an error text that fills its buffer is cut`() throws {
    let message = try check(
      "BEFORE_SHAPE=for (size_t i = 0; i < error->capacity; i++) error->text[i] = 'a'; return 1;")
    #expect(message.contains(String(repeating: "a", count: 1023)))
    #expect(!message.contains(String(repeating: "a", count: 1024)))
  }

  @Test func `operands are looked at before the plugin is asked`() throws {
    let op = try ForeignPlugin(path: PluginCompiler.bad("BEFORE_SHAPE=abort();")).ops[0].make([:])
    #expect(throws: OpError.operandCount(expected: "1 operand", found: 2)) {
      try op.resultTypes([TensorType(.f32, [1]), TensorType(.f32, [1])])
    }
    #expect(throws: OpError.dtype(operand: 0, expected: [.f32])) {
      try op.resultTypes([TensorType(.i32, [1])])
    }
    #expect(throws: OpError.rank(operand: 0, expected: "8 or less")) {
      try op.resultTypes([TensorType(.f32, Shape([1, 1, 1, 1, 1, 1, 1, 1, 1]))])
    }
  }
}
