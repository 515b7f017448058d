import Foundation
import Plugins

/// The plugins that a call loads, each with what it has or why it can't be loaded.
public struct PluginListing: JSONReport, Sendable {
  /// What a plugin has under one name.
  public struct Item: Encodable, Sendable, Hashable {
    /// What it is: `op`.
    public var kind: String
    /// Its name.
    public var name: String
    /// One sentence on it; nil where it has none.
    public var summary: String?
  }

  /// One plugin.
  public struct Entry: Encodable, Sendable, Hashable {
    /// Its file; nil for what Weft ships.
    public var path: String?
    /// The name that it registers under; nil where it can't be loaded.
    public var name: String?
    /// What it is written in.
    public var language: String?
    /// What it has.
    public var has: [Item] = []
    /// Why it can't be loaded.
    public var error: String?
  }

  /// Which plugin is meant.
  public enum Place: Sendable {
    case file(String)
    case name(String)
  }

  /// The plugins, in the order in which they register.
  public var plugins: [Entry]

  /// Whether one can't be loaded.
  public var hasErrors: Bool { plugins.contains { $0.error != nil } }

  /// The plugins at `paths`, which register one after the other behind `others`.
  public init(of paths: [String], besides others: [any Plugin]) {
    var loaded = others
    plugins = paths.map { path in
      var entry = Entry(path: path, language: try? PluginLibrary.language(of: path).rawValue)
      do {
        let plugin = try PluginLibrary.open(path)
        let registry = try Registry(loaded + [plugin])
        loaded.append(plugin)
        entry.name = plugin.name
        entry.has = registry.items(of: plugin.name)
      } catch {
        entry.error = "\(error)"
      }
      return entry
    }
  }

  /// The list for people.
  public var text: String {
    guard !plugins.isEmpty else {
      return "no plugins: --plugin, WEFT_PLUGINS and ~/.config/weft/plugins name none"
    }
    return plugins.map { entry in
      let path = entry.path ?? ""
      if let error = entry.error { return "\(path)\n  error: \(error)" }
      var counts: [String] = []
      for kind in Contribution.Kind.allCases {
        let names = entry.has.filter { $0.kind == kind.rawValue }.map(\.name)
        if !names.isEmpty { counts.append("\(kind.rawValue) \(names.joined(separator: ", "))") }
      }
      return "\(entry.name ?? "") (\(entry.language ?? "")), \(path)\n  "
        + counts.joined(separator: "; ")
    }.joined(separator: "\n")
  }
}

/// All that one plugin has.
public struct PluginInfo: JSONReport, Sendable {
  /// The plugin.
  public var plugin: PluginListing.Entry

  /// The plugin that `place` names, loaded behind `others`.
  ///
  /// - Parameter paths: the plugins among which a name is looked for.
  /// - Throws: why it can't be loaded, or ``PluginSearchError``.
  public init(
    _ place: PluginListing.Place, among paths: [String], besides others: [any Plugin]
  ) throws {
    switch place {
    case .file(let path):
      let plugin = try PluginLibrary.open(path)
      let registry = try Registry(others + [plugin])
      self.plugin = .init(
        path: path, name: plugin.name, language: try PluginLibrary.language(of: path).rawValue,
        has: registry.items(of: plugin.name))
    case .name(let name):
      let plugins = try paths.map { ($0, try PluginLibrary.open($0)) }
      let registry = try Registry(others + plugins.map(\.1))
      guard registry.plugins.contains(name) else {
        throw PluginSearchError.unknown(name, known: registry.plugins)
      }
      let path = plugins.first { $0.1.name == name }?.0
      plugin = .init(
        path: path, name: name,
        language: try path.map { try PluginLibrary.language(of: $0).rawValue },
        has: registry.items(of: name))
    }
  }

  /// A table for people.
  public var text: String {
    var table = TextTable(
      columns: [.init("what"), .init("name"), .init("summary", shrinks: true, losesEnd: true)],
      width: 100)
    for item in plugin.has { table.add([item.kind, item.name, item.summary ?? ""]) }
    let place = [plugin.language, plugin.path].compactMap { $0 }.joined(separator: ", ")
    return (plugin.name ?? "") + (place.isEmpty ? "" : " (\(place))") + "\n" + table.text
  }
}

/// Why a plugin isn't found.
public enum PluginSearchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// None has that name.
  case unknown(String, known: [String])

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "there is no plugin '\(name)', neither as a file; there is \(known.joined(separator: ", "))"
    }
  }
}

extension Registry {
  /// What the plugin of that name has, with a sentence on each.
  func items(of plugin: String) -> [PluginListing.Item] {
    contributions(of: plugin).map {
      .init(kind: $0.kind.rawValue, name: $0.name, summary: summary(of: $0))
    }
  }

  private func summary(ofFormat name: String) -> String? {
    formats.first { $0.name == name }.map { format in
      "Weights in files .\(format.fileExtensions.joined(separator: ", ."))"
        + (format is any WritableWeightFormat ? ", read and written." : ", read.")
    }
  }

  private func summary(of item: Contribution) -> String? {
    switch item.kind {
    case .op: ops[item.name]?.signature.summary
    case .pass: passes.first { $0.name == item.name }?.summary
    case .kernel: kernels.first { $0.name == item.name }.map { "For the op '\($0.op)'." }
    case .report: reports.first { $0.fileExtension == item.name }?.summary
    case .command: commands.first { $0.name == item.name }?.summary
    case .format: summary(ofFormat: item.name)
    case .normalizer, .preTokenizer, .tokenizerModel, .postProcessor, .decoder, .graphFile, .theme:
      nil
    }
  }
}
