import Foundation

/// The files of a Hugging Face folder that a GGUF file's metadata stands for: `config.json` and, where
/// there is a tokenizer, `tokenizer.json` and `tokenizer_config.json`.
enum ImportedFiles {
  /// Their names.
  static func names(of gguf: URL) throws -> [String] { try contents(of: gguf).map(\.name) }

  /// Writes them into `folder`.
  static func write(of gguf: URL, to folder: URL) throws {
    for (name, value) in try contents(of: gguf) {
      try AtomicFile.write(Data((value.text + "\n").utf8), to: folder.appending(path: name))
    }
  }

  /// Their names and what is in them.
  static func contents(of gguf: URL) throws -> [(name: String, value: JSONValue)] {
    let model = try GGUFModel(contentsOf: gguf)
    var files: [(name: String, value: JSONValue)] = [("config.json", try model.config().root)]
    guard model.file.metadata["tokenizer.ggml.tokens"] != nil else { return files }
    let tokenizer: GGUFTokenizer
    do {
      tokenizer = try GGUFTokenizer(model.file.metadata)
    } catch {
      throw FormatError.gguf(path: gguf.path, error)
    }
    files.append(("tokenizer.json", tokenizer.document))
    files.append(("tokenizer_config.json", tokenizer.configuration))
    return files
  }
}
