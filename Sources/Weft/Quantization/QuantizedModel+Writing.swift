import Foundation

extension QuantizedModel {
  /// What the weights' file says in its metadata; a folder with it may be replaced.
  private static let schemeKey = "weft.scheme"
  /// What it says of weights that were imported as they are.
  private static let noScheme = "as imported"
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
    guard let files = writtenFiles(in: url) else { throw QuantizationError.notOurs(url.path) }
    let ours = Set(files.split(separator: "\n").map(String.init))
    let foreign = contents(of: url).filter { path in
      !ours.contains(path) && !ours.contains { $0.hasPrefix(path + "/") }
    }
    guard foreign.isEmpty else {
      throw QuantizationError.foreignFiles(url.path, foreign.sorted())
    }
  }

  /// What the weights of a folder say of all files beside them; nil where no one quantized them.
  private static func writtenFiles(in folder: URL) -> String? {
    let dense = folder.appending(path: "model.safetensors")
    if let reader = try? SafetensorsReader(contentsOf: dense) {
      return reader.metadata[schemeKey] == nil ? nil : reader.metadata[filesKey] ?? ""
    }
    let blocks = folder.appending(path: "model.gguf")
    guard let metadata = try? GGUFReader(contentsOf: blocks).metadata,
      metadata[schemeKey] != nil
    else { return nil }
    return metadata[filesKey]?.string ?? ""
  }

  /// Whether safetensors, which have no type for blocks, can't hold the weights.
  private var hasBlocks: Bool { weights.weights.values.contains { $0.blocks != nil } }

  /// Writes the weights under the names that the graph asks for.
  private func writeWeights(to folder: URL, files: [String]) throws {
    let files = files.sorted().joined(separator: "\n")
    guard hasBlocks else {
      var metadata = [
        "format": "pt", Self.schemeKey: scheme?.rawValue ?? Self.noScheme, Self.filesKey: files,
      ]
      if !products.isEmpty {
        metadata[CheckpointWeights.productsKey] = products.joined(separator: "\n")
      }
      return try SafetensorsWriter.write(
        weights: weights.weights, metadata: metadata,
        to: folder.appending(path: "model.safetensors"))
    }
    var metadata = GGUFMetadata()
    metadata["general.architecture"] = .string(GGUFFamily.own.architecture)
    metadata[Self.schemeKey] = .string(scheme?.rawValue ?? Self.noScheme)
    metadata[Self.filesKey] = .string(files)
    let names = Model.parameters(of: model.definition).map(\.parameter.name)
    try GGUFWriter.write(
      names.compactMap { name in weights.weights[name].map { (name, $0) } },
      metadata: metadata, to: folder.appending(path: "model.gguf"))
  }

  /// Writes a GGUF file like the one that the model was loaded from, with the weights that were
  /// quantized in their new form, and all else as it was.
  ///
  /// - Throws: ``QuantizationError/notFromGGUF(_:)`` for a model of another origin.
  public func write(gguf url: URL, replacing: Bool = false) throws {
    try Self.checkFile(url, of: original.weightOrigin, replacing: replacing)
    guard let origin = original.weightOrigin?.gguf else { return }
    let source = try GGUFModel(contentsOf: origin)
    let changed = Set(quantized)
    let all = try source.names.map { name, inFile in
      guard changed.contains(name), let weight = weights.weights[name] else {
        return (inFile, try source.file.weight(named: inFile))
      }
      return (inFile, try source.asInFile(weight, named: name))
    }
    var metadata = source.file.metadata
    metadata["general.file_type"] = nil
    metadata["general.quantization_version"] = .uint32(2)
    try GGUFWriter.write(all, metadata: metadata, to: url)
  }

  /// The paths of all that stands in a folder, from it.
  private static func contents(of folder: URL) -> [String] {
    (FileManager.default.enumerator(atPath: folder.path)?.allObjects ?? []).compactMap {
      $0 as? String
    }
  }

  /// Says what stands in the way of a GGUF file at `url`, before any work is done.
  public static func checkFile(_ url: URL, of origin: WeightOrigin?, replacing: Bool) throws {
    guard origin?.gguf != nil else { throw QuantizationError.notFromGGUF(url.path) }
    if !replacing, FileManager.default.fileExists(atPath: url.path) {
      throw QuantizationError.exists(url.path)
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
    var names: Set<String> = [hasBlocks ? "model.gguf" : "model.safetensors"]
    for (name, _) in graphs + others where !names.insert(name).inserted {
      throw QuantizationError.collision(name)
    }
    try AtomicFolder.write(to: url, replacing: replacing) { folder in
      for (name, file) in graphs + others {
        if file.isGGUF { continue }
        let target = folder.appending(path: name)
        try FileManager.default.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let shipped = model.registry.graphFiles.contents(of: file).map { Data($0) }
        try AtomicFile.write(
          shipped ?? FileReading.data(file, limit: Self.fileLimit), to: target)
      }
      if let gguf = original.weightOrigin?.gguf { try ImportedFiles.write(of: gguf, to: folder) }
      try checkAlone(folder, graph: graphs[0].name, source)
      if cancellation?.isCancelled == true { throw ExecutionError.cancelled }
      try writeWeights(to: folder, files: Array(names))
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
    let library = ShippedGraphs.folder.path + "/"
    // Files that no folder has stay where they are: with Weft, or with a plugin.
    let files = definition.sourceFiles.filter { root + "/" == library || !$0.hasPrefix(library) }
    return try files.map { path in
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
    if let gguf = original.weightOrigin?.gguf {
      // Written of the metadata; the names only.
      let described = try ImportedFiles.names(of: gguf)
      return files + described.filter { $0 != "config.json" }.map { ($0, gguf) }
    }
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
