import Foundation
import Testing

/// `weft quantize` as a user meets it.
@Suite struct `Quantizing` {
  private static let gpt2 = "Graphs/gpt2.weft --random-weights 1 \(Commands.small)"

  @Test func `a folder stands alone, and is replaced only where that is asked for`() throws {
    let result = try CommandLineTool.shell(
      """
      weft quantize \(Self.gpt2) -o out --keep 'transformer.h.1.*' && ls -A . out out/layers &&
      weft run out/gpt2.weft \(Commands.small) --weights out --bind batch=1,tokens=3 &&
      weft quantize \(Self.gpt2) -o out/ --force >/dev/null && ls -A &&
      weft quantize \(Self.gpt2) -o out
      """)
    #expect(result.status == 1)
    #expect(result.error.contains("out is there already"), "\(result.error)")
    #expect(
      result.output.contains(
        "int8-dynamic: 4 weights in 8 bits, products of 1 attention in bf16, 5 kept;"),
      "\(result.output)")
    #expect(result.output.contains("transformer.h.0.attn.c_attn.weight"))
    #expect(result.output.contains("layers/decoder.weft:"))
    #expect(result.output.contains(".:\nDocs\nGraphs\nout\n"))
    #expect(result.output.contains("out:\ngpt2.weft\nlayers\nmodel.safetensors\n"))
    #expect(result.output.contains("logits: f32[1, 3, 50]"))
    #expect(result.output.hasSuffix("Docs\nGraphs\nout\n"), "\(result.output)")
  }

  @Test func `a report has its keys`() throws {
    let result = try CommandLineTool.shell("weft quantize \(Self.gpt2) -o out --json")
    try #require(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let report = try #require(object as? [String: Any])
    #expect(
      Set(report.keys) == [
        "bytesAfter", "bytesBefore", "kept", "layers", "outputs", "products", "quantized",
        "samples", "scheme",
      ])
    let layers = try #require(report["layers"] as? [[String: Any]])
    // Eight weights, two attentions.
    #expect(layers.count == 10)
    #expect(Set(layers[0].keys) == ["line", "relativeError", "weight", "worstError"])
    #expect((report["samples"] as? String)?.hasPrefix("random inputs") == true)
  }

  @Test func `a wrong pattern says what there is`() throws {
    let result = try CommandLineTool.shell(
      "weft quantize \(Self.gpt2) -o out --keep transformer.h.0.atn; ls -A")
    #expect(result.error.contains("the nearest are transformer.h.0.attn"), "\(result.error)")
    #expect(result.output == "Docs\nGraphs\n")
  }

  @Test func `texts and inputs are compared on`() throws {
    try CommandLineTool.requireMiniLM()
    let result = try CommandLineTool.shell(
      """
      printf 'a cat\\n\\na dog\\n' | weft quantize Graphs/minilm.weft --weights $MINILM -o a \
        --texts - --json && ls -A a && weft embed a/minilm.weft --weights a "a cat" >/dev/null
      """)
    try #require(result.status == 0, "\(result.error)")
    #expect(result.output.contains("\"samples\" : \"2 texts\""), "\(result.output)")
    #expect(
      result.output.contains(
        "config.json\nlayers\nminilm.weft\nmodel.safetensors\ntokenizer.json\n"))
  }

  @Test func `an interrupt leaves nothing behind`() throws {
    let result = try CommandLineTool.shell(
      """
      weft quantize Graphs/gpt2.weft --random-weights 1 --set layers=24 -o out & child=$!
      sleep 2; kill -INT $child; wait $child; status=$?; ls -A; exit $status
      """, seconds: 100)
    #expect(result.status != 0)
    #expect(result.output == "Docs\nGraphs\n", "\(result.output)")
  }

  @Test func `a budget is kept, and a text says what that costs`() throws {
    func run(_ budget: String) throws -> (bytes: Int, before: Double, after: Double) {
      let result = try CommandLineTool.shell(
        """
        weft quantize Graphs/llama.weft --weights Docs/Examples/glossary -o out --json \
          --texts Docs/Examples/sentences.txt --perplexity Docs/Glossary.md --budget \(budget)
        """)
      #expect(result.status == 0, "\(result.error)")
      let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let object = try #require(report as? [String: Any])
      let score = try #require(object["perplexity"] as? [String: Any])
      return (
        try #require(object["bytesAfter"] as? Int), try #require(score["before"] as? Double),
        try #require(score["after"] as? Double)
      )
    }
    let (small, large) = (try run("115kB"), try run("160kB"))
    #expect(small.bytes <= 115_000 && large.bytes <= 160_000 && large.bytes > 140_000)
    #expect(small.before == large.before)
    #expect(large.after < small.after)
    #expect(small.after > small.before * 1.01 && abs(large.after / large.before - 1) < 0.01)
    let tooSmall = try CommandLineTool.shell(
      """
      weft quantize Graphs/llama.weft --weights Docs/Examples/glossary -o out --budget 10kB; ls -A
      """)
    #expect(tooSmall.error.contains("the weights take 112128 bytes at least"))
    #expect(!tooSmall.output.contains("out"))
  }
}
