import Foundation

extension Entry {
  /// The graph as text, after a pass ("input": before all; nil: after all).
  public func dump(after pass: String?, origins: Bool) throws -> String {
    GraphPrinter(showsOrigins: origins).text(of: try graph(after: pass ?? "all"))
  }

  /// What the passes did and, for `bindings`, how memory is planned.
  public func compilationReport(bindings: Bindings?) throws -> CompilerReport {
    let compiled = try compiled()
    guard let bindings else { return CompilerReport(compiled) }
    return CompilerReport(
      compiled, memory: MemoryReport(of: try plan(for: bindings), packed: shared.packed))
  }

  /// The architecture as a picture.
  ///
  /// - Parameter pass: the pass after which it is drawn; nil for the graph as declared, "all" for
  ///   the one that is planned.
  public func diagram(
    after pass: String? = nil, depth: Int? = nil, expandsRepeats: Bool = false
  ) throws -> Diagram {
    let graph = try pass.map { try self.graph(after: $0) } ?? graph
    let title = name == "main" ? modelName : "\(modelName), \(name)"
    let subtitle = pass.map { $0 == "all" ? "after all passes" : "after \($0)" }
    return try Diagram(
      of: graph,
      options: DiagramOptions(
        depth: depth, expandsRepeats: expandsRepeats, title: title, subtitle: subtitle))
  }
}

/// The format that a picture's file name asks for.
public enum DiagramFile {
  /// The format of a name that ends in .svg, .png, .pdf or .dot.
  public static func format(of file: URL) throws(ModelError) -> Graphviz.Format {
    guard let format = Graphviz.Format(rawValue: file.pathExtension.lowercased()) else {
      throw .pictureFormat(file.lastPathComponent)
    }
    return format
  }
}
