import Foundation
import Testing

/// The command line as a user meets it.
@Suite struct `Commands` {
  static let names = [
    "bench", "chat", "check", "compile", "diff", "doctor", "embed", "export", "format",
    "generate", "import", "memory", "perplexity", "plugins", "profile", "quantize", "render", "run",
    "serve", "why",
  ]
  static let small = "--set vocabulary=50 --set width=16 --set layers=2 --set heads=2"

  @Test(arguments: names)
  func `help has an example`(name: String) throws {
    let result = try CommandLineTool.shell("weft \(name) --help")
    #expect(result.status == 0)
    #expect(result.output.contains("Example:"))
    #expect(result.output.contains("weft \(name)"))
  }

  @Test(arguments: [
    ("weft run", 64), ("weft run Graphs/bert.weft", 64), ("weft frobnicate", 64),
    ("weft render Graphs/bert.weft -o picture.gif", 64),
    ("weft profile Graphs/bert.weft --random-weights 1 --runs 0", 64),
    ("weft bench Graphs/bert.weft", 64),
    ("weft bench Graphs/bert.weft --random-weights 1 --runs 0", 64),
    ("weft bench Graphs/bert.weft --random-weights 1 --inputs x --bind batch=1,tokens=2", 1),
    ("weft bench Graphs/gpt2.weft --random-weights 1 \(small) --bind batch=1", 1),
    ("weft bench Graphs/gpt2.weft --random-weights 1 \(small) --inputs Docs", 1),
    ("weft run Graphs/bert.weft --random-weights 1 --bind batch=0,tokens=2", 64),
    ("weft run Graphs/bert.weft --random-weights 1 --weights x", 64),
    ("weft check Graphs/nothing.weft", 1), ("weft check Docs", 1),
    ("weft run Graphs/bert.weft --weights Docs --inputs a --outputs b", 1),
    ("weft check Graphs/bert.weft --set layer=1", 1),
    ("weft check Graphs/bert.weft --set layers=many", 1),
    ("weft compile Graphs/bert.weft --dump-after nothing", 1),
    ("weft run Graphs/gpt2.weft --random-weights 1 \(small) --bind batch=1,tokens=2000", 1),
    ("weft diff Graphs/bert.weft --run --random-weights 1 --bind batch=1,tokens=2", 64),
    ("weft diff Graphs/gpt2.weft Graphs/gpt2.weft --run --bind batch=1,tokens=2", 64),
    ("weft diff Graphs/gpt2.weft no.weft --run --random-weights 1 --bind batch=1,tokens=2", 1),
    ("weft diff Graphs/gpt2.weft Graphs/gpt2.weft --run --random-weights 1 --tolerance -1", 64),
    ("weft run Graphs/bert.weft --tap embeddings", 64),
    (
      "weft profile Graphs/bert.weft --random-weights 1 --tap embeddings --bind batch=1,tokens=2",
      64
    ),
    ("weft quantize Graphs/bert.weft -o out", 64),
    ("weft quantize Graphs/gpt2.weft --random-weights 1", 64),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 -o out --scheme int3", 64),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 -o out --scheme f16 --budget 1MB", 64),
    ("weft --plugin", 64), ("weft check Graphs/bert.weft --plugin", 64),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 -o out --texts a --inputs b", 64),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 \(small) -o Docs", 1),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 \(small) -o Docs --force", 1),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 \(small) -o a/out", 1),
    ("weft quantize Graphs/gpt2.weft --random-weights 1 \(small) -o out --keep h.0", 1),
    (
      "weft quantize Graphs/gpt2.weft --random-weights 1 \(small) -o out --texts Docs/Glossary.md",
      1
    ),
    ("WEFT_ISA=abacus weft run Graphs/gpt2.weft --random-weights 1 --bind batch=1,tokens=2", 1),
  ])
  func `wrong calls and wrong data have their statuses`(command: String, status: Int) throws {
    let result = try CommandLineTool.shell(command)
    #expect(Int(result.status) == status, "\(command): \(result.error)")
    #expect(!result.error.isEmpty)
    for leak in ["Optional(", "NSCocoa", "Error Domain", "Swift.", "Fatal error", "\u{1B}["] {
      #expect(!result.error.contains(leak), "\(command): \(result.error)")
    }
  }

  @Test(arguments: [
    "weft run Graphs/gpt2.weft --random-weights 1 \(small) --bind batch=1,tokens=3 --json",
    "weft compile Graphs/gpt2.weft \(small) --bind batch=1,tokens=3 --json",
    "weft profile Graphs/gpt2.weft --random-weights 1 \(small) --bind batch=1,tokens=3 --runs 2 --json",
    "weft bench Graphs/gpt2.weft --random-weights 1 \(small) --bind batch=1,tokens=3 --runs 2 --json",
    "weft check Graphs/gpt2.weft --json", "weft doctor --json",
    "weft quantize Graphs/gpt2.weft --random-weights 1 \(small) -o out --json",
  ])
  func `what is for programs is JSON`(command: String) throws {
    let result = try CommandLineTool.shell(command)
    #expect(result.status == 0, "\(command): \(result.error)")
    #expect(throws: Never.self) {
      try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    }
  }

  @Test(arguments: ["svg", "png", "pdf", "dot", "mmd", "md"])
  func `a picture is drawn in each format`(format: String) throws {
    let result = try CommandLineTool.shell(
      "weft render Graphs/vit.weft -o x.\(format) --depth 2 --after all && test -s x.\(format)")
    #expect(result.status == 0, "\(result.error)")
  }

  @Test func `a file that can't be written leaves nothing behind`() throws {
    let result = try CommandLineTool.shell(
      "weft render Graphs/vit.weft -o missing/x.svg; status=$?; ls -A; exit $status")
    #expect(result.status == 1)
    #expect(result.output == "Docs\nGraphs\n")
  }

  @Test(arguments: [
    "weft check Graphs/gpt2.weft",
    "weft embed Graphs/minilm.weft --weights $MINILM --json 'The cat sits outside'",
  ])
  func `output that can't be written is an error`(command: String) throws {
    let result = try CommandLineTool.shell("\(command) > /dev/full")
    #expect(result.status == 1)
    #expect(result.error.contains("can't be written"), "\(result.error)")
  }

  @Test func `outputs are written by name and read again as inputs`() throws {
    let set = "--set width=32 --set head_size=8 --set inner=64 --set vocabulary=96 --set heads=4"
    let layers = "--set encoder_layers=2 --set decoder_layers=2 --set buckets=8"
    let result = try CommandLineTool.shell(
      """
      weft run Graphs/t5.weft --random-weights 1 \(set) \(layers) --entry encode \
        --bind batch=2,source=3 --outputs memory.safetensors &&
      weft run Graphs/t5.weft --random-weights 1 \(set) \(layers) --entry decode \
        --inputs memory.safetensors
      """)
    #expect(result.status == 1)
    #expect(result.error.contains("decoder_input_ids"), "\(result.error)")
    #expect(result.error.contains("encoder_last_hidden_state"), "\(result.error)")
  }

  @Test func `formatting shipped graphs changes nothing`() throws {
    let result = try CommandLineTool.shell(
      "weft format --check Graphs/*.weft Graphs/layers/*.weft")
    #expect(result.status == 0, "\(result.output)\(result.error)")
  }

  @Test func `an interrupt ends a long profile`() throws {
    let result = try CommandLineTool.shell(
      """
      weft profile Graphs/gpt2.weft --random-weights 1 \(Self.small) \
        --bind batch=1,tokens=64 --runs 100000 & child=$!
      sleep 2; kill -INT $child; wait $child
      """, seconds: 60)
    #expect(result.status != 0)
    #expect(result.error.contains("cancelled"), "\(result.error)")
  }
}
