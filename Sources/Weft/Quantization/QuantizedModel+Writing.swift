import Foundation

extension QuantizedModel {
  /// What the weights' file says in its metadata; a folder with it may be replaced.
  private static let schemeKey = "weft.scheme"
  /// What the metadata says of all files that were written, a path a line: nothing else may go with them.
  private static let filesKey = "weft.files"

  /// Files that may stand beside a tokenizer.json, for other programs.
  private static let tokenizerFiles = [
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt",
    "vocab.json", "merges.txt",
  ]

  /// Says what stands in the way of a folder at `url`, before any work is done.
  ///
  /// - Parameter replacing: whether an empty folder, or one that this wrote, makes room.
  public static func checkFolder(_ url: URL, replacing: Bool) throws {
    guard FileManager.default.fileExists(atPath: url.path) else { return }
    guard replacing else { throw QuantizationError.exists(url.path) }
    let names = try? FileManager.default.contentsOfDirectory(atPath: url.path)
    if url.isFolder, names?.isEmpty == true { return }
    let file = url.appending(path: "model.safetensors")
    guard let reader = try? SafetensorsReader(contentsOf: file), reader.metadata[schemeKey] != nil
    else { throw QuantizationError.notOurs(url.path) }
    let ours = Set((reader.metadata[filesKey] ?? "").split(separator: "\n").map(String.init))
    let foreign = contents(of: url).filter { path in
      !ours.contains(path) && !ours.contains { $0.hasPrefix(path + "/") }
    }
    guard foreign.isEmpty else {
      throw QuantizationError.foreignFiles(url.path, foreign.sorted())
    }
  }

  /// The paths of all that stands in a folder, from it.
  private static func contents(of folder: URL) -> [String] {
    (FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []).compactMap {
      $0 as? String
    }
  }

  /// Writes a folder that stands alone: the graph file with its imports, the weights that the model
  /// reads, and `config.json` and the tokenizer's files where they are there. All of it or nothing.
  ///
  /// - Parameter source: what the model was loaded from.
  /// - Returns: the graph file in the folder.
  @discardableResult
  public func write(
    to url: URL, of source: ModelSource, replacing: Bool = false,
    cancellation: Cancellation? = nil
  ) throws -> URL {
    try Self.checkFolder(url, replacing: replacing)
    let graphs = try Self.graphFiles(model.definition, source)
    let others = try companions(source)
    var names: Set<String> = ["model.safetensors"]
    for (name, _) in graphs + others where !names.insert(name).inserted {
      throw QuantizationError.collision(name)
    }
    try AtomicFolder.write(to: url, replacing: replacing) { folder in
      for (name, file) in graphs + others {
        let target = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicFile.write(FileReading.data(file, limit: Self.fileLimit), to: target)
      }
      try checkAlone(folder, graph: graphs[0].name, source)
      if cancellation?.isCancelled == true { throw ExecutionError.cancelled }
      var metadata = [
        "format": "pt", Self.schemeKey: scheme.rawValue,
        Self.filesKey: names.sorted().joined(separator: "\n"),
      ]
      if !products.isEmpty {
        metadata[CheckpointWeights.productsKey] = products.joined(separator: "\n")
      }
      try SafetensorsWriter.write(
        weights: weights.weights, metadata: metadata,
        to: folder.appending(path: "model.safetensors"))
      if cancellation?.isCancelled == true { throw ExecutionError.cancelled }
    }
    return url.appending(path: graphs.first?.name ?? "")
  }

  /// Larger files beside weights are none that belong to them.
  private static let fileLimit = 1 << 30

  /// The graph file and what it imports, by the paths that they have from its folder.
  private static func graphFiles(
    _ definition: ModelDefinition, _ source: ModelSource
  ) throws -> [(name: String, file: URL)] {
    let root = source.file.standardizedFileURL.deletingLastPathComponent().path
    let prefix = root.hasSuffix("/") ? root : root + "/"
    return try definition.sourceFiles.map { path in
      let file = URL(filePath: path, relativeTo: source.file.baseURL).standardizedFileURL
      guard file.path.hasPrefix(prefix) else { throw QuantizationError.outside(path) }
      return (String(file.path.dropFirst(prefix.count)), file)
    }
  }

  /// Reads the copied graph as a user will: from its folder alone.
  private func checkAlone(_ folder: URL, graph: String, _ source: ModelSource) throws {
    let config = folder.appending(path: "config.json")
    let copy = ModelSource(
      file: folder.appending(path: graph), settings: source.settings, model: source.model,
      configuration: FileManager.default.fileExists(atPath: config.path) ? config : nil)
    let (definition, diagnostics) = try copy.check(registry: model.registry)
    if definition == nil {
      throw QuantizationError.notAlone(diagnostics.map(\.message))
    }
  }

  /// The files that belong to the weights.
  private func companions(_ source: ModelSource) throws -> [(name: String, file: URL)] {
    var files: [(name: String, file: URL)] = []
    if let config = source.configuration { files.append(("config.json", config)) }
    guard let folder = original.weightOrigin?.folder else { return files }
    let tokenizer = model.definition.tokenizer ?? "tokenizer.json"
    let parts = tokenizer.split(separator: "/", omittingEmptySubsequences: false)
    let isInside = parts.allSatisfy { !["", ".", ".."].contains($0) }
    let beside = Self.tokenizerFiles.filter { $0 != tokenizer }
    for name in (isInside ? [tokenizer] : []) + beside {
      let file = folder.appending(path: name)
      if FileManager.default.fileExists(atPath: file.path) { files.append((name, file)) }
    }
    return files
  }
}
