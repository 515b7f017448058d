import Foundation

/// Reads a graph file and what it imports, each file once.
struct ProgramLoader {
  private let reporter: Reporter
  private let allowsImportsOutside: Bool
  private let embedded: (URL) -> [UInt8]?
  private let library: (String) -> URL?
  /// The folder that imports may not leave; nil for a text without a folder.
  private let folder: URL?
  private var program = Program()
  /// Files that are being read or were, by their real path.
  private var known: Set<String> = []
  private var stack: [String] = []

  private init(_ folder: URL?, _ options: ElaborationOptions?, _ reporter: Reporter) {
    self.folder = folder?.resolvingSymlinksInPath().standardizedFileURL
    allowsImportsOutside = options?.allowsImportsOutside ?? false
    embedded = options?.embedded ?? { _ in nil }
    library = options?.library ?? { _ in nil }
    self.reporter = reporter
  }

  /// The program whose root is the file at `url`.
  static func load(_ url: URL, _ options: ElaborationOptions, _ reporter: Reporter) -> Program {
    var loader = ProgramLoader(url.deletingLastPathComponent(), options, reporter)
    switch loader.read(url) {
    case .success(let bytes): loader.add(bytes, name: url.relativePath, at: url)
    case .failure(let failure):
      reporter.error(.unreadableFile(url.relativePath, failure))
      loader.program.isIncomplete = true
    }
    return loader.program
  }

  /// The program of a text, which can't import.
  static func load(_ bytes: [UInt8], name: String, _ reporter: Reporter) -> Program {
    var loader = ProgramLoader(nil, nil, reporter)
    loader.add(bytes, name: name, at: nil)
    return loader.program
  }

  /// Why a file can't be read.
  enum ReadFailure: Error {
    case missing, notAFile, unreadable
    case tooLong(Int)
  }

  private func read(_ url: URL) -> Result<[UInt8], ReadFailure> {
    if let text = embedded(url) { return .success(text) }
    let path = url.resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
      return .failure(.missing)
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      return .failure(.notAFile)
    }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    guard size <= Limits.sourceBytes else { return .failure(.tooLong(size)) }
    guard let data = try? Data(contentsOf: URL(filePath: path)) else {
      return .failure(.unreadable)
    }
    return .success(Array(data))
  }

  private mutating func add(_ bytes: [UInt8], name: String, at url: URL?) {
    let source = SourceText(name: name, bytes: bytes, file: reporter.sources.count)
    reporter.sources.append(source)
    var parser = Parser(source)
    let file = parser.file()
    program.files.append(file)
    program.brokenNames.formUnion(parser.brokenNames)
    if !parser.diagnostics.isEmpty { program.isIncomplete = true }
    for (diagnostic, span) in zip(parser.diagnostics, parser.diagnosticSpans) {
      reporter.add(diagnostic, at: span)
    }
    let path = url.map { $0.resolvingSymlinksInPath().standardizedFileURL.path } ?? ""
    known.insert(path)
    stack.append(path)
    for item in file.imports { load(item, from: url, name: name) }
    stack.removeLast()
    for layer in file.layers { declare(layer) }
  }

  private mutating func declare(_ layer: LayerDeclaration) {
    if let first = program.layers[layer.name.text] {
      reporter.error(
        layer.name.span, .layerDeclaredTwice(layer.name.text),
        notes: ["the first stands at \(reporter.location(first.name.span))"])
    } else {
      program.layers[layer.name.text] = layer
    }
  }

  private mutating func load(_ item: Import, from url: URL?, name: String) {
    func refuse(_ message: Message) {
      reporter.error(item.path.span, message)
      program.isIncomplete = true
    }
    guard let url, let folder else { return refuse(.importWithoutFolder) }
    let path = item.path.text
    guard !path.isEmpty, !path.utf8.contains(0) else { return refuse(.emptyImport) }
    var target =
      path.hasPrefix("/")
      ? URL(filePath: path) : url.deletingLastPathComponent().appending(path: path)
    let found = found(path, at: target)
    target = found ?? target
    let real = target.resolvingSymlinksInPath().standardizedFileURL
    let isInside = !path.hasPrefix("/") && real.path.hasPrefix(folder.path + "/")
    // What is no file on disk lets nobody look outside.
    if !allowsImportsOutside, !isInside, path.hasPrefix("/") || embedded(real) == nil {
      return refuse(.importOutside(path, folder: folder.lastPathComponent))
    }
    if stack.contains(real.path) {
      let cycle = stack[(stack.firstIndex(of: real.path) ?? 0)...] + [real.path]
      return refuse(.importCycle(cycle.map { URL(filePath: $0).lastPathComponent }))
    }
    if known.contains(real.path) { return }
    guard stack.count < Limits.importDepth else { return refuse(.importsTooDeep) }
    switch read(target) {
    case .success(let bytes):
      let name = found == nil ? ProgramLoader.displayName(path, from: name) : target.path
      add(bytes, name: name, at: target)
    case .failure(let failure):
      var message = Message.unreadableFile(path, failure)
      if case .missing = failure { message.help = suggestion(for: target, path: path) }
      known.insert(real.path)
      refuse(message)
    }
  }

  /// Where the library has a file of that path, which isn't at `target`.
  private func found(_ path: String, at target: URL) -> URL? {
    guard embedded(target) == nil, !FileManager.default.fileExists(atPath: target.path) else {
      return nil
    }
    return library(path)
  }

  /// How the file is called that `name` imports as `path`.
  private static func displayName(_ path: String, from name: String) -> String {
    if path.hasPrefix("/") { return path }
    var parts = name.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .map(String.init)
    for part in path.split(separator: "/") {
      if part == "..", let last = parts.last, last != "..", !last.isEmpty {
        parts.removeLast()
      } else if part != "." {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }

  private func suggestion(for target: URL, path: String) -> String? {
    let folder = target.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let graphs = names.filter { $0.hasSuffix(".weft") }.prefix(1000)
    return Suggestion.help(for: target.lastPathComponent, among: Array(graphs))
  }
}
