import Foundation
import Testing

/// Plugins in Swift: Examples/PluginsInSwift as a user has them, and what `weft plugins new` writes.
@Suite(.serialized) struct `Plugins in Swift` {
  private func weft(
    _ arguments: String, plugins: [String] = [], in folder: URL = PluginPackages.examples
  ) throws -> CommandLineTool.Result {
    let options = try plugins.map { "--plugin '\(try PluginPackages.library($0))' " }.joined()
    return try CommandLineTool.shell("weft \(options)\(arguments)", in: folder)
  }

  @Test func `a plugin says what it has`() throws {
    let list = try weft("plugins list", plugins: ["SquaredRelu", "House"])
    #expect(list.status == 0, "\(list.error)\(list.output)")
    for word in [
      "squared-relu (Swift)", "op squared_relu", "pass form-squared-relu",
      "graph file squared-relu/layers.weft", "kernel softmax-of-one", "theme blueprint",
      "report csv", "command count", "normalizer Spelled", "decoder Spelled",
    ] { #expect(list.output.contains(word), "\(word): \(list.output)") }
    let info = try weft("plugins info '\(PluginPackages.library("SquaredRelu"))' --json")
    #expect(info.output.contains("The square of the rectified linear unit"))
    let json = try JSONSerialization.jsonObject(with: Data(info.output.utf8)) as? [String: Any]
    #expect((json?["plugin"] as? [String: Any])?["name"] as? String == "squared-relu")
  }

  @Test func `a pass forms the op, says what it did, and what it couldn't`() throws {
    let compiled = try weft(
      "compile written-out.weft --dump-after form-squared-relu", plugins: ["SquaredRelu"])
    #expect(compiled.status == 0, "\(compiled.error)")
    #expect(compiled.output.matches(of: /squared_relu\(/).count == 1, "\(compiled.output)")
    let why = try weft("why written-out.weft --pass form-squared-relu", plugins: ["SquaredRelu"])
    #expect(why.output.contains("the relu is used elsewhere, too"), "\(why.output)\(why.error)")
    let without = try weft("compile written-out.weft --dump-after fuse-linear")
    #expect(!without.output.contains("squared_relu"))
  }

  @Test func `an op takes part in checks, chains and profiles`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let wrong = """
      model M {
        input x: i32[n]
        output y = squared_relu(x)
      }
      """
    try Data(wrong.utf8).write(to: folder.appending(path: "wrong.weft"))
    let right = """
      model M {
        input x: f32[n]
        output y = exp(neg(squared_relu(x + 1)))
      }
      """
    try Data(right.utf8).write(to: folder.appending(path: "right.weft"))
    let refused = try weft("check wrong.weft", plugins: ["SquaredRelu"], in: folder)
    #expect(refused.status == 1)
    #expect(refused.error.contains("wrong.weft:3:14: error: 'squared_relu'"), "\(refused.error)")
    let profile = try weft(
      "profile right.weft --random-weights 1 --bind n=64 --runs 2 --by step",
      plugins: ["SquaredRelu"], in: folder)
    // One step, all four in it.
    #expect(profile.output.contains("made of  1 steps"), "\(profile.output)\(profile.error)")
    let unknown = try weft("check right.weft", in: folder)
    #expect(unknown.status == 1 && unknown.error.contains("squared_relu"))
  }

  @Test func `layers of a plugin are imported by their path`() throws {
    let check = try weft("check primer.weft", plugins: ["SquaredRelu"])
    #expect(check.status == 0 && check.output.contains("2 weights"), "\(check.error)")
    let run = try weft(
      "run primer.weft --random-weights 1 --bind tokens=3", plugins: ["SquaredRelu"])
    #expect(run.status == 0, "\(run.error)")
    let without = try weft("check primer.weft")
    #expect(without.status == 1 && without.error.contains("squared-relu/layers.weft"))
  }

  @Test func `weights are read from a plugin's format`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let run = try weft(
      "run scale.weft --weights scale.weights --bind rows=2 --json", plugins: ["House"])
    #expect(run.status == 0, "\(run.error)")
    try Data("scale 3 1 2\n".utf8).write(to: folder.appending(path: "short.weights"))
    let broken = try weft(
      "run scale.weft --weights '\(folder.path)/short.weights' --bind rows=2", plugins: ["House"])
    #expect(broken.status == 1)
    #expect(broken.error.contains("not a whole text weights file: line 1"), "\(broken.error)")
  }

  @Test func `weights are written in a plugin's format`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let graph = PluginPackages.examples.appending(path: "scale.weft").path
    let export = try weft(
      "export '\(graph)' --weights '\(PluginPackages.examples.path)/scale.weights' -o a.weights",
      plugins: ["House"], in: folder)
    #expect(export.status == 0, "\(export.error)")
    #expect(export.output.contains("1 weights of Scale as text weights"), "\(export.output)")
    let text = try String(contentsOf: folder.appending(path: "a.weights"), encoding: .utf8)
    #expect(text == "scale 3 1.0 2.0 3.0\n")
    let again = try weft(
      "run '\(graph)' --weights a.weights --bind rows=2", plugins: ["House"], in: folder)
    #expect(again.status == 0, "\(again.error)")
    let without = try weft("export '\(graph)' --random-weights 1 -o b.weights", in: folder)
    #expect(without.status == 1 && without.error.contains("names no format"), "\(without.error)")
  }

  @Test func `a tokenizer is made of a plugin's parts`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let glossary = CommandLineTool.root.appending(path: "Docs/Examples/glossary")
    let model = folder.appending(path: "model")
    try FileManager.default.copyItem(at: glossary, to: model)
    let file = model.appending(path: "tokenizer.json")
    let read = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    var tokenizer = try #require(read as? [String: Any])
    tokenizer["normalizer"] = ["type": "Spelled"]
    tokenizer["decoder"] = [
      "type": "Sequence", "decoders": [tokenizer["decoder"], ["type": "Spelled"]],
    ]
    try JSONSerialization.data(withJSONObject: tokenizer).write(to: file)
    let command = "generate model --prompt 'The Graph' --max-tokens 4 --temperature 0"
    let spelled = try weft(command + " --json", plugins: ["House"], in: folder)
    #expect(spelled.status == 0, "\(spelled.error)")
    let plain = try weft(
      "generate '\(glossary.path)' --prompt '^the ^graph' --max-tokens 4 --temperature 0 --json",
      in: folder)
    // The capitals of one are the marks of the other.
    #expect(tokens(spelled) != nil, "\(spelled.output)")
    #expect(tokens(spelled) == tokens(plain), "\(plain.output)\(plain.error)")
    let without = try weft(command, in: folder)
    #expect(without.status == 1)
    #expect(
      without.error.contains("normalizer.type: expected one of: BertNormalizer,"),
      "\(without.error)")
  }

  /// The ids that a `weft generate --json` wrote, behind the number of the prompt's.
  private func tokens(_ result: CommandLineTool.Result) -> [Int]? {
    let object = try? JSONSerialization.jsonObject(with: Data(result.output.utf8))
    guard let object = object as? [String: Any], let tokens = object["tokens"] as? [Int],
      let prompt = (object["counts"] as? [String: Any])?["prompt"] as? Int
    else { return nil }
    return [prompt] + tokens
  }

  @Test func `a kernel of a plugin is taken before the op's own`() throws {
    func kernels(_ plugins: [String]) throws -> String {
      let profile = try weft(
        "profile scale.weft --random-weights 1 --bind rows=2 --runs 2 --json", plugins: plugins)
      #expect(profile.status == 0, "\(profile.error)")
      return profile.output
    }
    #expect(try kernels(["House"]).contains("\"f32-ones\""))
    #expect(try !kernels([]).contains("\"f32-ones\""))
  }

  @Test func `a report, a theme and a command of a plugin are there`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let graph = PluginPackages.examples.appending(path: "scale.weft").path
    let report = try weft(
      "profile '\(graph)' --random-weights 1 --bind rows=2 --runs 2 -o steps.csv",
      plugins: ["House"], in: folder)
    #expect(report.status == 0, "\(report.error)")
    let text = try String(contentsOf: folder.appending(path: "steps.csv"), encoding: .utf8)
    #expect(text.hasPrefix("step,op,kernel,line,") && text.contains("scale.weft:"))
    let picture = try weft(
      "render '\(graph)' -o a.dot --theme blueprint", plugins: ["House"], in: folder)
    #expect(picture.status == 0, "\(picture.error)")
    let dot = try String(contentsOf: folder.appending(path: "a.dot"), encoding: .utf8)
    #expect(dot.contains("#1b3f73"))
    let count = try weft("count '\(graph)'", plugins: ["House"], in: folder)
    #expect(count.output == "mul 1\nreduce_max 1\nsoftmax 1\n", "\(count.error)")
    let unknown = try weft("render '\(graph)' -o a.dot --theme blueprint", in: folder)
    #expect(unknown.status == 64 && unknown.error.contains("there is dark, light"))
  }

  @Test func `WEFT_PLUGINS and the folder of plugins are looked at`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let plugins = folder.appending(path: "weft/plugins")
    try FileManager.default.createDirectory(at: plugins, withIntermediateDirectories: true)
    let library = try PluginPackages.library("SquaredRelu")
    try FileManager.default.copyItem(
      at: URL(filePath: library), to: plugins.appending(path: "libSquaredRelu.so"))
    let house = try PluginPackages.library("House")
    let both = try CommandLineTool.shell(
      "XDG_CONFIG_HOME='\(folder.path)' WEFT_PLUGINS='\(house)' weft plugins list --json",
      in: PluginPackages.examples)
    #expect(both.status == 0 && both.output.contains("squared-relu"), "\(both.output)")
    #expect(both.output.contains("blueprint"))
  }

  @Test func `a plugin that can't register is named, and so is who has its name`() throws {
    let refusing = try weft("check scale.weft", plugins: ["Refusing"])
    #expect(refusing.status == 1)
    #expect(refusing.error.contains("plugin 'refusing': the moon is full"), "\(refusing.error)")
    let taking = try weft("check scale.weft", plugins: ["TakesName"])
    #expect(
      taking.error.contains(
        "plugin 'takes-name': a command named 'check' is registered already, by plugin"),
      "\(taking.error)")
    let list = try weft("plugins list", plugins: ["House", "Refusing"])
    #expect(list.status == 1 && list.output.contains("house (Swift)"), "\(list.output)")
    #expect(list.output.contains("the moon is full"))
  }

  @Test func `a plugin for another build is refused before it runs`() throws {
    let folder = try CommandLineTool.scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let data = try Data(contentsOf: URL(filePath: PluginPackages.library("Refusing")))
    func written(_ name: String, _ old: String, _ new: String) throws -> String {
      var changed = data
      while let range = changed.range(of: Data(old.utf8)) {
        changed.replaceSubrange(range, with: Data(new.utf8))
      }
      #expect(changed != data, "\(old) isn't there")
      let file = folder.appending(path: name)
      try changed.write(to: file)
      return file.path
    }
    func refusal(_ path: String) throws -> String {
      let result = try CommandLineTool.shell(
        "weft check scale.weft --plugin '\(path)'", in: PluginPackages.examples)
      #expect(result.status == 1)
      // Its own refusal would be said had anything of it run.
      #expect(!result.error.contains("the moon is full"))
      return result.error
    }
    let build = try refusal(try written("build.so", "PLUGIN;abi=1;weft=", "PLUGIN;abi=1;weft:"))
    #expect(build.contains("was built against in a way") || build.contains("was built"))
    let version = try refusal(try written("abi.so", ";abi=1;", ";abi=9;"))
    #expect(version.contains("abi.so: was built for Weft"), "\(version)")
    #expect(version.contains("build it again, against the sources of this Weft"))
  }

  @Test func `a program with a plugin of its own runs it`() throws {
    let program = try PluginPackages.libraries.get().appending(path: "AtBuildTime").path
    let result = try CommandLineTool.shell("'\(program)'", in: PluginPackages.examples)
    #expect(result.output == "[2.0, 9.0, 28.0] in 1 step\n", "\(result.error)")
  }

  @Test func `a package with a mixture of experts is loaded as a user has it`() throws {
    _ = try PluginPackages.libraries.get()
    let package = CommandLineTool.root.appending(path: "Examples/MixtureOfExperts")
    let built = try PluginPackages.swift("build", package: package)
    #expect(built.status == 0, "\(PluginPackages.BuildError(built))")
    for command in [
      "check mixture.weft --model Mixture", "check mixture.weft --model Dense",
      "run mixture.weft --model Mixture --set width=16 --set inner=16 --random-weights 1"
        + " --bind tokens=5",
    ] {
      let result = try weft(command, plugins: ["MixtureOfExperts"], in: package)
      #expect(result.status == 0, "\(command): \(result.error)")
    }
    let without = try weft("check mixture.weft --model Mixture", in: package)
    #expect(without.status == 1)
  }

  @Test func `what weft plugins new writes builds and passes its test`() throws {
    _ = try PluginPackages.libraries.get()
    for kind in ["op", "pass", "format"] {
      let folder = try CommandLineTool.scratchFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let new = try CommandLineTool.shell(
        "weft plugins new new-\(kind) --kind \(kind)", in: folder)
      #expect(new.status == 0, "\(new.error)")
      let package = folder.appending(path: "new-\(kind)")
      let tested = try PluginPackages.swift("test", package: package)
      #expect(tested.status == 0, "\(PluginPackages.BuildError(tested))")
      #expect(tested.output.contains("Test run with") && tested.output.contains("passed"))
      let module = "New" + kind.prefix(1).uppercased() + kind.dropFirst()
      let listed = try weft("plugins list", plugins: [module])
      #expect(listed.status == 0 && listed.output.contains("new-\(kind) (Swift)"), "\(listed)")
      let again = try CommandLineTool.shell(
        "weft plugins new new-\(kind) --kind \(kind)", in: folder)
      #expect(again.status == 1 && again.error.contains("is there already"), "\(again.error)")
    }
  }
}
