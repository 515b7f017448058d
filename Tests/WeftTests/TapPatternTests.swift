import Testing

@testable import Weft

/// How taps are asked for, and what is wrong with those that can't be.
@Suite struct `Tap patterns` {
  private func names(_ model: String, _ patterns: String...) throws -> [String] {
    try Reference.named(model).model().entry().taps(patterns).names
  }

  private func message(_ model: String, _ patterns: String...) -> String {
    do {
      return "no error: \(try Reference.named(model).model().entry().taps(patterns).names)"
    } catch {
      return "\(error)"
    }
  }

  @Test func `a star stands for one level, two for any`() throws {
    #expect(try names("bert", "encoder.layer.*") == ["encoder.layer.0", "encoder.layer.1"])
    #expect(
      try names("bert", "encoder.layer.?.output.*") == [
        "encoder.layer.0.output.dense", "encoder.layer.0.output.LayerNorm",
        "encoder.layer.1.output.dense", "encoder.layer.1.output.LayerNorm",
      ])
    #expect(try names("bert", "**.quer*").count == 2)
    #expect(try names("bert", "encoder.layer[1]") == ["encoder.layer.1"])
  }

  @Test func `names are a layer's own, or those of layers below`() throws {
    let own = ["encoder.layer.0.attention.self:q", "encoder.layer.1.attention.self:q"]
    #expect(try names("bert", "encoder.layer.*.attention.self:q") == own)
    #expect(try names("bert", "encoder.layer.*.attention:q") == own)
    #expect(try names("bert", "encoder.layer.*:q") == own)
    #expect(try names("bert", "**:q") == own)
    #expect(
      try names("bert", "encoder.layer.0:*") == [
        "encoder.layer.0:mixed", "encoder.layer.0:attended", "encoder.layer.0:h",
        "encoder.layer.0:Activation", "encoder.layer.0:hidden", "encoder.layer.0:result",
      ])
    #expect(try names("bert", "encoder.layer.0:gelu") == ["encoder.layer.0:gelu"])
    #expect(try names("bert", "last_hidden_state") == ["last_hidden_state"])
    #expect(try names("bert", ":mask", "x.1") == ["mask", "x.1"])
  }

  @Test func `layers without a name have their names in front`() throws {
    #expect(
      try names("transformer", "**.encoder.layers.0.self_attn:kh") == [
        "t.encoder.layers.0.self_attn:ScaledDotProductAttention.kh"
      ])
    #expect(
      try names("transformer", "**.layers.0.self_attn:mixed").allSatisfy {
        $0.hasSuffix("self_attn:mixed")
      })
    // Recognized, it has weights, too.
    #expect(try names("transformer", "**.self_attn:probabilities").count == 4)
  }

  @Test func `what overlaps is tapped once, and in the order of the model`() throws {
    #expect(
      try names("bert", "encoder.layer.1", "encoder.layer.*", "embeddings") == [
        "embeddings", "encoder.layer.0", "encoder.layer.1",
      ])
  }

  @Test func `wrong patterns say what there is`() {
    #expect(
      message("bert", "encoder.layer.0.atention:probabilities")
        == "--tap 'encoder.layer.0.atention:probabilities' names no layer and no value of this entry; "
        + "did you mean 'encoder.layer.0.attention.self:probabilities'?"
        || message("bert", "encoder.layer.0.atention:probabilities").contains("did you mean"))
    #expect(message("bert", "encoder.layer.7").contains("did you mean 'encoder.layer.0'"))
    #expect(
      message("bert", "encoder.layer.0:attend")
        == "--tap 'encoder.layer.0:attend': layer 'encoder.layer.0' has no such value; it has mixed, "
        + "attended, h, hidden, Activation, result")
    #expect(
      message("bert", "zzzzzzzzzzzz")
        == "--tap 'zzzzzzzzzzzz' names no layer and no value of this entry; --list-taps shows what there is"
    )
    #expect(
      message("bert", "encoder.layer.0.output.dense.weight")
        == "--tap 'encoder.layer.0.output.dense.weight' is a weight, which no run changes: it stands in "
        + "the checkpoint")
    #expect(message("bert", "encoder.layer.0.output.dense:bias").contains("is a weight"))
    #expect(
      message("bert", "encoder.layer.0:probabilities[0,4]")
        == "'encoder.layer.0.attention.self:probabilities' has 4 heads, from 0; found 4")
    #expect(message("bert", "encoder.layer.0:mixed[0]").contains("has no heads to pick from"))
    #expect(message("bert", "embeddings", "embeddings") == "'embeddings' is tapped twice")
  }

  @Test(arguments: [
    "", ":", "a:", "a:b[", "a:b[]", "a:b[x]", "a:b[0,0]", "a:b[-1]", "a:b[0",
    "a:b[99999999999999999999]",
    "a:[0]", "::", "..", "[", "]", "a:b:c", "**", "*:*[0]", "\u{0}", "a[",
  ])
  func `no text traps`(text: String) {
    _ = message("bert", text)
    _ = message("bert", String(repeating: text, count: 300))
  }

  @Test func `too much is refused before memory is taken`() throws {
    let taps = try Reference.named("bert").model().entry().taps([
      "**:probabilities", "embeddings",
    ])
    let bindings: Bindings = ["batch": 1, "tokens": 1 << 16]
    do {
      try taps.check(bindings, limit: 1 << 30)
      Issue.record("nothing was thrown")
    } catch let error as TapError {
      // 4 heads of 65,536² floats, twice, and 65,536 × 32.
      #expect(
        error
          == .memory(
            needed: 2 * 4 * (1 << 32) * 4 + (1 << 16) * 32 * 4, limit: 1 << 30,
            largest: "encoder.layer.0.attention.self:probabilities", bytes: 4 * (1 << 32) * 4))
    }
    #expect(throws: TapError.self) {
      try taps.check(["batch": 1 << 40, "tokens": 1 << 40], limit: 1 << 30)
    }
    try taps.check(["batch": 1, "tokens": 16], limit: 1 << 30)
  }
}
