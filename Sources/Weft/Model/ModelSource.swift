import Foundation

/// Which model of which graph file, with which config values.
public struct ModelSource: Sendable {
  /// The graph file.
  public var file: URL
  /// Config values by name, as text.
  public var settings: [String: String]
  /// The model's name, where the file declares several.
  public var model: String?
  /// A `config.json` that sets config values, too; `settings` win.
  public var configuration: URL?
  /// Whether imports may leave the graph file's folder.
  public var allowsOutsideImports: Bool

  /// A source from its parts.
  public init(
    file: URL, settings: [String: String] = [:], model: String? = nil, configuration: URL? = nil,
    allowsOutsideImports: Bool = false
  ) {
    self.file = file
    self.settings = settings
    self.model = model
    self.configuration = configuration
    self.allowsOutsideImports = allowsOutsideImports
  }
}
