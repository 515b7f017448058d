import Foundation
import Testing
import Weft

/// What a run says about inputs that don't fit.
@Suite struct `Binding inputs` {
  private func entry() throws -> Entry { try Reference.named("bert").model().entry() }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func inputs(
    tokens: Int, ids: [Int]? = nil, dtype: DType = .i32
  ) throws -> [String: Tensor] {
    let dims = [1, tokens]
    return [
      "input_ids": try Tensor(
        dtype, dims: dims, integers: ids ?? Array(repeating: 1, count: tokens)),
      "attention_mask": try Tensor(.i32, dims: dims, integers: Array(repeating: 1, count: tokens)),
      "token_type_ids": try Tensor(zeros: .i32, dims: dims),
    ]
  }

  @Test func `i64 ids give what i32 ids give`() throws {
    let entry = try entry()
    let ids = [2, 7, 11, 3]
    let narrow = try entry.run(inputs(tokens: 4, ids: ids))
    let wide = try entry.run(inputs(tokens: 4, ids: ids, dtype: .i64))
    #expect(bytes(narrow) == bytes(wide))
  }

  @Test func `an i64 id beyond i32 is refused`() throws {
    let wide = try inputs(tokens: 2, ids: [1, 1 << 40], dtype: .i64)
    #expect(
      message { _ = try entry().run(wide) }
        == "input 'input_ids': 1099511627776 doesn't fit an i32")
  }

  @Test(arguments: [96, -1, Int(Int32.max), Int(Int32.min)])
  func `an id outside the table names the line, and the model stays usable`(_ id: Int) throws {
    let entry = try entry()
    let good = try inputs(tokens: 3)
    let expected = bytes(try entry.run(good))
    let wrong = try inputs(tokens: 3, ids: [1, id, 2])
    let text = message { _ = try entry.run(wrong) }
    #expect(text.contains("embeddings.weft:"))
    #expect(text.contains("\(id)"))
    #expect(text.contains("96"))
    #expect(bytes(try entry.run(good)) == expected)
  }

  @Test func `more tokens than positions names the line and the limit`() throws {
    let many = try inputs(tokens: 33)
    let text = message { _ = try entry().run(many) }
    #expect(text.contains("embeddings.weft:"))
    #expect(text.contains("at least 33 positions"))
  }

  @Test func `missing inputs are listed together`() throws {
    let text = message { _ = try entry().run(["input_ids": Tensor(zeros: .i32, dims: [1, 1])]) }
    #expect(
      text == "inputs are missing: attention_mask, token_type_ids; given are input_ids")
  }

  @Test func `an input of another type is refused`() throws {
    var wrong = try inputs(tokens: 2)
    wrong["input_ids"] = try Tensor(dims: [1, 2], floats: [1, 2])
    #expect(
      message { _ = try entry().run(wrong) }
        == "input 'input_ids' must be i32[batch, tokens], found f32[1, 2]")
    wrong["input_ids"] = try Tensor(.i32, dims: [2], integers: [1, 2])
    #expect(
      message { _ = try entry().run(wrong) }
        == "input 'input_ids' must be i32[batch, tokens], found i32[2]")
  }

  @Test func `inputs that disagree on a dimension are refused`() throws {
    var wrong = try inputs(tokens: 2)
    wrong["attention_mask"] = try Tensor(zeros: .i32, dims: [1, 3])
    #expect(
      message { _ = try entry().run(wrong) }
        == "dimension 'tokens' is 2 by one input and 3 by 'attention_mask'")
  }

  @Test func `an empty input is refused`() throws {
    let empty = try inputs(tokens: 0)
    #expect(
      message { _ = try entry().run(empty) } == "dimension 'tokens' is 0; it must be at least 1")
  }

  @Test func `dimensions are all given, and known`() throws {
    let entry = try entry()
    #expect(
      message { _ = try entry.plan(for: ["batch": 1]) }
        == "no value for tokens; give all dimensions, such as --bind batch=8,tokens=8")
    #expect(
      message { _ = try entry.plan(for: ["batch": 1, "tokens": 2, "heads": 3]) }
        == "there is no dimension 'heads'; there is batch, tokens")
  }

  @Test(
    arguments: [
      ["batch": Int.max, "tokens": 64], ["batch": 1 << 40, "tokens": 2],
      ["batch": 1 << 34, "tokens": 64],
    ] as [Bindings])
  func `what no machine can hold is refused before memory is taken`(_ bindings: Bindings) throws {
    let entry = try entry()
    let start = ContinuousClock.now
    #expect(throws: (any Error).self) {
      _ = try entry.run(entry.randomInputs(bindings: bindings, seed: 1))
    }
    #expect(throws: (any Error).self) { _ = try entry.profile(bindings: bindings, runs: 1) }
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func `a model of another architecture lists the weights that are missing`() throws {
    let gpt2 = try Reference.named("gpt2")
    let text = message {
      _ = try Model(
        ModelSource(file: Repository.graph("bert")), weights: .checkpoint(gpt2.folder))
    }
    #expect(text.contains("199 of 199 weights"))
    #expect(text.contains("missing: embeddings.word_embeddings.weight f32[30522, 768]"))
    #expect(text.contains("not used: \"transformer.h.0.attn.c_attn.bias\""))
  }

  @Test func `a cancelled run throws, and the next one runs`() throws {
    let entry = try entry()
    let good = try inputs(tokens: 3)
    let cancellation = Cancellation()
    cancellation.cancel()
    #expect(throws: ExecutionError.cancelled) {
      _ = try entry.run(good, cancellation: cancellation)
    }
    #expect(try entry.run(good).count == 2)
  }
}
