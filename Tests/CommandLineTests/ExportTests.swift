import Foundation
import Testing

/// `weft export` as a user meets it.
@Suite struct `Exporting` {
  private static let gpt2 = "Graphs/gpt2.weft --random-weights 1 \(Commands.small)"

  @Test func `a file is written whole, read back, and replaced only where that is asked for`()
    throws
  {
    let result = try CommandLineTool.shell(
      """
      weft export \(Self.gpt2) -o a.safetensors &&
      weft export Graphs/gpt2.weft \(Commands.small) --weights a.safetensors -o b.bin \
        --format safetensors --json &&
      cmp a.safetensors b.bin && ls -A &&
      weft export \(Self.gpt2) -o a.safetensors --force &&
      weft export \(Self.gpt2) -o a.safetensors
      """)
    #expect(result.status == 1)
    #expect(result.error.contains("a.safetensors is there already"), "\(result.error)")
    #expect(result.output.contains("28 weights of GPT2 as safetensors, 97,"), "\(result.output)")
    #expect(result.output.contains("\"weights\" : 28"))
    #expect(result.output.contains("Docs\nGraphs\na.safetensors\nb.bin\n"), "\(result.output)")
  }

  @Test func `a Hugging Face folder becomes a GGUF file that goes on as it does`() throws {
    let call = "--prompt 'What is kernel?' --max-tokens 24 --temperature 0 --json 2>/dev/null"
    let result = try CommandLineTool.shell(
      """
      weft export Docs/Examples/glossary -o glossary.gguf >/dev/null &&
      weft generate Docs/Examples/glossary \(call) && weft generate glossary.gguf \(call) &&
      weft generate Docs/Examples/glossary --chat \(call) &&
      weft generate glossary.gguf --chat \(call)
      """)
    try #require(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    try #require(lines.count == 4, "\(result.output)")
    #expect(lines[0] == lines[1] && lines[2] == lines[3], "\(result.output)")
    #expect(lines[0].contains("\"tokens\":[") && lines[0] != lines[2])
  }

  @Test func `a format that there isn't is refused before any work`() throws {
    let result = try CommandLineTool.shell(
      "weft export \(Self.gpt2) -o a.bin; weft export \(Self.gpt2) -o a --format foo; ls -A")
    #expect(result.error.contains("a.bin: the end of the name names no format"), "\(result.error)")
    #expect(result.error.contains("there is no format \"foo\"; weights are written as "))
    #expect(result.output == "Docs\nGraphs\n")
  }

  @Test func `a disk that is full leaves nothing`() throws {
    let result = try CommandLineTool.shell(
      "(ulimit -f 8; weft export \(Self.gpt2) -o a.safetensors); ls -A")
    #expect(result.error.contains("cannot be written"), "\(result.error)")
    #expect(result.output == "Docs\nGraphs\n", "\(result.output)")
  }
}
