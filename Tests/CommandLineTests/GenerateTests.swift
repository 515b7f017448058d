import Foundation
import Testing

/// `weft generate`, `chat` and `perplexity`, as a shell sees them.
@Suite struct `Generating` {
  static let model = "Graphs/llama.weft --weights Docs/Examples/glossary"

  private func lines(_ result: CommandLineTool.Result) throws -> [[String: Any]] {
    try result.output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `goes on with a text and says what it took`() throws {
    let result = try CommandLineTool.shell(
      "weft generate \(Self.model) --chat --prompt 'What is kernel?'")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output == "a computation on concrete shapes, split into tiles.\n")
    #expect(result.error.contains("21 generated"))
    #expect(result.error.contains("first token after"))
  }

  @Test func `a seed gives one text, another seed another`() throws {
    func text(_ seed: Int) throws -> String {
      try CommandLineTool.shell(
        "weft generate \(Self.model) --prompt 'What is' --temperature 5 --seed \(seed) --max-tokens 24"
      ).output
    }
    let first = try text(1)
    #expect(try first == text(1))
    #expect(try first != text(2))
  }

  @Test func `texts from a file come together and in order`() throws {
    let result = try CommandLineTool.shell(
      """
      printf 'a graph\\nWhat is plan\\na\\n' | weft generate \(Self.model) --prompts - \
        --max-tokens 6 --json --logprobs 2 --parallel 2
      """)
    let objects = try lines(result)
    #expect(objects.map { $0["prompt"] as? String } == ["a graph", "What is plan", "a"])
    for object in objects {
      let tokens = try #require(object["tokens"] as? [Int])
      let probabilities = try #require(object["logprobs"] as? [[String: Any]])
      #expect(probabilities.count == tokens.count)
      let counts = try #require(object["counts"] as? [String: Int])
      #expect(try #require(counts["generated"]) >= tokens.count)
      #expect(probabilities.allSatisfy { ($0["top_logprobs"] as? [Any])?.count == 2 })
    }
    let alone = try CommandLineTool.shell(
      "weft generate \(Self.model) --prompt 'What is plan' --max-tokens 6 --json")
    #expect(try lines(alone)[0]["text"] as? String == objects[1]["text"] as? String)
  }

  @Test func `drafts and beams give their texts`() throws {
    let plain = try CommandLineTool.shell(
      "weft generate \(Self.model) --prompt 'a graph a graph' --max-tokens 30")
    for drafts in [
      "--prompt-lookup", "--draft Graphs/llama.weft --draft-weights Docs/Examples/glossary",
    ] {
      let result = try CommandLineTool.shell(
        "weft generate \(Self.model) --prompt 'a graph a graph' --max-tokens 30 \(drafts)")
      #expect(result.output == plain.output, "\(result.error)")
    }
    let beams = try CommandLineTool.shell(
      "weft generate \(Self.model) --prompt 'a graph' --max-tokens 8 --beams 3 --json")
    #expect((try lines(beams)[0]["beams"] as? [Any])?.count == 3)
  }

  @Test func `stop strings are not shown`() throws {
    let result = try CommandLineTool.shell(
      "weft generate \(Self.model) --chat --prompt 'What is kernel?' --stop 'shapes' --stop 'zzz'")
    #expect(result.output == "a computation on concrete \n")
  }

  @Test func `Ctrl-C keeps what there is`() throws {
    let result = try CommandLineTool.shell(
      """
      weft generate \(Self.model) --prompt a --ignore-end --max-tokens 1000000 > out.txt & pid=$!
      while [ ! -s out.txt ]; do sleep 0.05; done
      kill -INT $pid; wait $pid; echo "status $?"; wc -c < out.txt
      """)
    #expect(result.output.hasPrefix("status 130\n"), "\(result.output) \(result.error)")
    #expect(result.error.contains("stopped"))
  }

  @Test(arguments: [
    ("generate MODEL", "give one of --prompt"),
    ("generate MODEL --prompt a --prompts b", "give one of --prompt"),
    ("generate MODEL --prompt a --temperature=-1", "temperature takes a number from 0"),
    ("generate MODEL --prompt a --temperature 1e-40", "a number from 0.0001 to 1000000, or 0"),
    ("generate MODEL --prompt a --top-p 2", "top-p takes a number above 0"),
    ("generate MODEL --prompt a --max-tokens 0", "max-tokens takes a number from 1"),
    ("generate MODEL --prompt a --logprobs 2", "--logprobs goes with --json"),
    ("generate MODEL --prompt a --bias x", "--bias needs id=number"),
    ("generate MODEL --prompt a --beams 2 --temperature 1", "--beams goes with neither"),
    ("generate MODEL --prompt a --draft x", "--draft and --draft-weights go together"),
    ("generate Graphs/llama.weft --prompt a", "give --weights"),
    ("perplexity MODEL --file a --window 1", "window takes a number from 2"),
    ("perplexity MODEL --file a --window 8 --stride 9", "stride takes a number from 1"),
    ("serve MODEL --port 70000", "--port takes a number"),
    ("serve MODEL --embedder x", "--embedder and --embedder-weights go together"),
  ])
  func `a call that is wrong says why`(call: String, message: String) throws {
    let result = try CommandLineTool.shell("weft " + call.replacing("MODEL", with: Self.model))
    #expect(result.status == 64, "\(result.error)")
    #expect(result.error.contains(message), "\(result.error)")
  }

  @Test(arguments: [
    ("generate MODEL --prompt a --context 4", "the cache has room for 4"),
    ("generate MODEL --prompt a --max-tokens 9223372036854775807", "less capacity"),
    ("generate MODEL --prompt-file missing.txt", "missing.txt"),
    ("generate MODEL --prompt a --chat --template bad.jinja", "bad.jinja:1:4: 'include' isn't"),
    ("generate MODEL --prompt a --tokenizer missing.json", "missing.json"),
    ("generate Graphs --prompt a", "expected one graph file"),
    ("generate Graphs/gpt2.weft --random-weights 1 --set layers=1 --prompt a", "no tokenizer"),
    ("perplexity MODEL --file missing.txt", "missing.txt"),
  ])
  func `a model or file that is wrong says why`(call: String, message: String) throws {
    let result = try CommandLineTool.shell(
      "printf '{%% include \"x\" %%}' > bad.jinja; weft "
        + call.replacing("MODEL", with: Self.model))
    #expect(result.status == 1, "\(result.error)")
    #expect(result.error.contains(message), "\(result.error)")
  }

  @Test func `a conversation keeps its history`() throws {
    let result = try CommandLineTool.shell(
      """
      printf 'What is plan?\\n/undo\\nWhat is kernel?\\n/nothing\\n' \
        | weft chat \(Self.model) --history talk.json
      echo 'What is arena?' | weft chat \(Self.model) --history talk.json
      cat talk.json
      """)
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "a graph for concrete dimensions: steps, offsets, kernels.")
    let last = try #require(lines.last)
    let messages = try #require(
      JSONSerialization.jsonObject(with: Data(last.utf8)) as? [[String: String]])
    #expect(messages.map { $0["role"] } == ["user", "assistant", "user", "assistant"])
    #expect(messages[0]["content"] == "What is kernel?")
    #expect(result.error.contains("there is no"))
  }

  @Test func `perplexity writes scores and logits`() throws {
    let result = try CommandLineTool.shell(
      """
      weft perplexity \(Self.model) --file Docs/Examples/sentences.txt --window 32 --json \
        --scores scores.jsonl --logits logits.npy && wc -l < scores.jsonl && wc -c < logits.npy
      """)
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n").map(String.init)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    let tokens = try #require(object["tokens"] as? Int)
    #expect(Int(lines[1]) == tokens)
    #expect(Int(lines[2]) == tokens * 512 * 4 + 128)
  }
}
