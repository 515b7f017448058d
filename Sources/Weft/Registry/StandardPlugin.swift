import Operators
import Passes
import Tokenizers

/// All that Weft ships: its ops, passes, graph files, formats, parts of tokenizers, reports and themes.
public struct StandardPlugin: Plugin {
  public let name = "weft"

  /// The plugin.
  public init() {}

  public func register(in registry: inout Registry) throws(RegistryError) {
    for op in BuiltinOps.all { try registry.add(op) }
    for pass in Pipeline.standard { try registry.add(pass) }
    for file in ShippedGraphs.files { try registry.add(GraphFile(file.path, text: file.text)) }
    for format in StandardFormats.all { try registry.add(format) }
    for part in StandardTokenizerParts.all { try registry.add(part) }
    for report in StandardReports.all { try registry.add(report) }
    try registry.add(Theme.light, named: "light")
    try registry.add(Theme.dark, named: "dark")
  }
}
