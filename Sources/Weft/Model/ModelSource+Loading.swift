import Foundation

extension ModelSource {
  /// The model, or what is wrong with its file. Warnings come with the model.
  public func check(
    registry: Registry, startup: StartupRecorder? = nil
  ) throws -> (ModelDefinition?, [Diagnostic]) {
    let start = Clock.nanoseconds()
    var read = start
    let configuration = try configuration.map {
      ModelConfiguration(try ModelConfig(contentsOf: $0))
    }
    let (definition, diagnostics) = GraphLanguage.elaborate(
      file: file,
      ElaborationOptions(
        ops: registry.ops, settings: settings, configuration: configuration, modelName: model,
        allowsImportsOutside: allowsOutsideImports, embedded: registry.graphFiles.contents,
        library: registry.graphFiles.file)
    ) { read = Clock.nanoseconds() }
    startup?.record(.readGraph, nanoseconds: read - start)
    startup?.record(.elaborate, nanoseconds: Clock.nanoseconds() - read)
    return (definition, diagnostics)
  }

  /// The model.
  ///
  /// - Throws: ``GraphFileError`` with everything that is wrong with the file.
  public func definition(
    registry: Registry, startup: StartupRecorder? = nil
  ) throws -> ModelDefinition {
    let (definition, diagnostics) = try check(registry: registry, startup: startup)
    guard let definition else { throw GraphFileError(diagnostics: diagnostics) }
    return definition
  }
}

/// Everything that is wrong with a graph file.
public struct GraphFileError: Error, CustomStringConvertible {
  /// Errors and warnings, in the order of the text.
  public let diagnostics: [Diagnostic]

  /// An error from what was found.
  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

  public var description: String { diagnostics.rendered() }
}

extension [Diagnostic] {
  /// All of them as text, with a count at the end where there are several errors.
  public func rendered(color: Bool = false) -> String {
    let errors = count { $0.severity == .error }
    let summary = errors > 1 ? ["\(errors) errors"] : []
    return (map { $0.rendered(color: color) } + summary).joined(separator: "\n")
  }
}

/// A `config.json` as the language asks for it.
struct ModelConfiguration: ConfigurationLookup {
  let config: ModelConfig

  init(_ config: ModelConfig) { self.config = config }

  var name: String { config.source }

  /// A path may end in `count`: the number of members of a list or an object.
  func value(forKey key: String) -> ConfigurationScalar? {
    if let value = config.value(at: key) { return scalar(value) }
    guard key.hasSuffix(".count") else { return nil }
    return switch config.value(at: String(key.dropLast(".count".count))) {
    case .array(let elements): .int(elements.count)
    case .object(let object): .int(object.count)
    default: nil
    }
  }

  private func scalar(_ value: JSONValue) -> ConfigurationScalar {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .int(value)
    case .number(let value): .double(value)
    case .string(let value): .string(value)
    case .array(let elements): .list(elements.map(scalar))
    case .object: .other(value.description)
    }
  }
}
