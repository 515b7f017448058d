import Foundation
import Testing

/// `weft run --tap` and `weft diff --run` as a user meets them.
@Suite struct `Tapping` {
  private static let gpt2 = "Graphs/gpt2.weft --random-weights 1 \(Commands.small)"
  private static let run = "weft run \(gpt2) --bind batch=1,tokens=3"

  @Test func `taps change no byte of the outputs`() throws {
    let result = try CommandLineTool.shell(
      """
      \(Self.run) --outputs plain.safetensors >plain.txt &&
      \(Self.run) --outputs tapped.safetensors --taps taps.safetensors \
        --tap 'transformer.h.*:probabilities' --tap transformer.h.1.mlp.c_fc >tapped.txt &&
      cmp plain.safetensors tapped.safetensors && head -c 600 taps.safetensors && echo &&
      \(Self.run) --threads 1 --taps one.safetensors --tap 'transformer.h.*:probabilities' \
        --tap transformer.h.1.mlp.c_fc >one.txt && cmp taps.safetensors one.safetensors &&
      head -n 1 tapped.txt | cmp - plain.txt && tail -n +2 tapped.txt
      """)
    try #require(result.status == 0, "\(result.error)\(result.output)")
    for name in ["transformer.h.0:probabilities", "transformer.h.1:probabilities"] {
      #expect(result.output.contains("\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1,2,3,3]"))
      #expect(result.output.contains("\(name): f32[1, 2, 3, 3] = [1, 0, 0, "))
    }
    #expect(result.output.contains("transformer.h.1.mlp.c_fc: f32[1, 3, 64]"))
  }

  @Test func `python reads what NumPy's formats hold`() throws {
    let script = """
      import ast, struct, sys, zipfile
      def array(data):
          assert data[:8] == b'\\x93NUMPY\\x01\\x00'
          size, = struct.unpack('<H', data[8:10])
          header = ast.literal_eval(data[10:10 + size].decode())
          return header['shape'], struct.unpack('<%df' % ((len(data) - 10 - size) // 4), data[10 + size:])
      archive = zipfile.ZipFile('taps.npz')
      assert archive.testzip() is None
      names = archive.namelist()
      print(names)
      for name in names:
          shape, numbers = array(archive.read(name))
          assert open('folder/' + name, 'rb').read() == archive.read(name)
          print(shape, [round(x, 3) for x in numbers[:4]])
      print(open('x.npy', 'rb').read() == archive.read(names[1]))
      """
    let result = try CommandLineTool.shell(
      """
      taps="--tap transformer.h.0:probabilities[1] --tap transformer.h.0:q"
      \(Self.run) $taps --taps taps.npz >/dev/null && \(Self.run) $taps --taps folder/ >/dev/null &&
      \(Self.run) --tap transformer.h.0:q --taps x.npy >/dev/null &&
      python3 -c "$SCRIPT"
      """.replacing("\"$SCRIPT\"", with: "'\(script.replacing("'", with: "'\\''"))'"))
    try #require(result.status == 0, "\(result.error)")
    #expect(
      result.output.hasPrefix(
        "['transformer.h.0:probabilities[1].npy', 'transformer.h.0:q.npy']\n(1, 1, 3, 3) [1.0, 0.0, 0.0"
      ), "\(result.output)")
    #expect(result.output.contains("\n(1, 3, 16) ["))
    #expect(result.output.hasSuffix("True\n"))
  }

  @Test func `what can be tapped is listed without weights`() throws {
    let result = try CommandLineTool.shell(
      """
      weft run Graphs/gpt2.weft \(Commands.small) --list-taps &&
      weft profile Graphs/gpt2.weft \(Commands.small) --list-taps --tap '**:scores' --json
      """)
    try #require(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("tap "))
    func row(_ name: String) -> String {
      String(lines.first { $0.hasPrefix(name + " ") } ?? "")
    }
    #expect(row("transformer.h.1:probabilities").contains("f32[batch, 2, tokens, tokens]"))
    #expect(row("transformer.h.1:hidden").contains("layers/decoder.weft:"))
    #expect(row("transformer.h.1.mlp.c_fc").contains(" again"))
    #expect(row("transformer.h.1.ln_2").contains(" run "))
    #expect(row("transformer.h.1.ln_2").contains("transformer.h.1:n2"))
    #expect(result.output.contains("\"heads\" : 2"))
    #expect(result.output.contains("\"name\" : \"scores\""))
    #expect(!result.output.contains("\"name\" : \"probabilities\""))
  }

  @Test func `a profile taps, too`() throws {
    let result = try CommandLineTool.shell(
      """
      weft profile \(Self.gpt2) --bind batch=1,tokens=3 --runs 2 --json --tap transformer.h.0 \
        --taps x.npy >profile.json && ls x.npy && grep -c '"steps"' profile.json
      """)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.hasPrefix("x.npy\n"))
  }

  @Test func `as JSON, outputs and taps stand apart`() throws {
    let result = try CommandLineTool.shell("\(Self.run) --json --tap transformer.h.0:h")
    try #require(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let parts = try #require(object as? [String: [[String: Any]]])
    #expect(parts["outputs"]?.map { $0["name"] as? String } == ["logits"])
    #expect(parts["taps"]?.map { $0["name"] as? String } == ["transformer.h.0:h"])
  }

  @Test(arguments: [
    ("--tap transformer.h.0:qq", 1, "layer 'transformer.h.0' has no such value; it has n1, qkv, q"),
    ("--tap transformer.h.0.mlp.cfc", 1, "did you mean 'transformer.h.0.mlp.c_fc'"),
    ("--tap transformer.h.0.mlp.c_fc.weight", 1, "is a weight, which no run changes"),
    ("--tap transformer.h.0:q --tap transformer.h.0:q", 64, "gives 'transformer.h.0:q' twice"),
    ("--tap transformer.h.0:probabilities[2]", 1, "has 2 heads, from 0; found 2"),
    ("--tap transformer.h.0:q[0]", 1, "has no heads to pick from"),
    ("--tap transformer.h.0:", 1, "expected a name after the colon"),
    ("--taps x.npz", 64, "give --tap"),
    ("--tap transformer.h.0:q --taps x.csv", 64, ".safetensors, .npz or .npy"),
    ("--tap transformer.h.*:q --taps x.npy", 1, "a .npy holds one array, and there are 2 taps"),
    ("--tap transformer.h.0:q --taps no/x.npz", 1, "no/x.npz: cannot be written"),
    ("--tap transformer.h.0:q --taps Docs", 1, "Docs: is there already"),
  ])
  func `a wrong tap says what is wrong, and leaves nothing behind`(
    arguments: String, status: Int, text: String
  ) throws {
    let result = try CommandLineTool.shell(
      "\(Self.run) \(arguments.replacing("*", with: "'*'")) >/dev/null; status=$?; ls -A; exit $status"
    )
    #expect(Int(result.status) == status, "\(result.error)")
    #expect(result.error.replacing("\n", with: " ").contains(text), "\(result.error)")
    #expect(result.output == "Docs\nGraphs\n")
  }

  @Test func `taps that don't fit in memory are refused at once`() throws {
    let result = try CommandLineTool.shell(
      """
      weft run Graphs/minilm.weft --random-weights 1 --entry packed --bind tokens=500000,sequences=4 \
        --tap '**:probabilities'
      """, seconds: 60)
    #expect(result.status == 1)
    #expect(result.error.contains("what is tapped takes 68664"), "\(result.error)")
    #expect(result.error.contains("pick heads, as in ':probabilities[0,3]'"))
  }

  @Test func `two precisions of MiniLM are compared layer by layer`() throws {
    try CommandLineTool.requireMiniLM()
    let result = try CommandLineTool.shell(
      """
      weft quantize Graphs/minilm.weft --weights $MINILM -o int8 >/dev/null &&
      weft diff Graphs/minilm.weft --run --weights $MINILM --weights-b int8 --bind batch=1,tokens=9 &&
      weft diff Graphs/minilm.weft int8/minilm.weft --run --weights $MINILM --weights-b int8 \
        --bind batch=1,tokens=9 --json
      """)
    try #require(result.status == 0, "\(result.error)")
    let parts = result.output.split(separator: "\n[\n", maxSplits: 1)
    try #require(parts.count == 2)
    #expect(
      parts[0].contains("\nfirst over 0.001: encoder.layer.0.attention.self.query (Graphs/layers/"),
      "\(parts[0])")
    #expect(parts[0].contains("\nworst: "))
    let object = try JSONSerialization.jsonObject(with: Data("[\(parts[1])".utf8))
    let rows = try #require(object as? [[String: Any]])
    #expect(rows.count > 60)
    for row in rows {
      #expect(
        Set(row.keys).union(["name"]) == [
          "cosine", "line", "max", "mean", "name", "path", "relative",
        ])
      #expect((row["cosine"] as? Double ?? 0) > 0.95, "\(row)")
    }
    #expect(rows[0]["max"] as? Double == 0)
    #expect(rows.last?["name"] as? String == "embedding")
  }
}
