import ArgumentParser
import Foundation
import Weft

/// How a picture is drawn.
struct DrawingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The blocks of a paper's figure, every op, or the steps of a run with --bind; by default ops, for Mermaid layers."
    ))
  var detail: DiagramOptions.Detail?

  @Option(help: "How many levels of layers to open.")
  var depth: Int?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Draw the equal layers at and below this path one by one, not once with ×N; 'all' for all.",
      valueName: "path"))
  var expand: [String] = []

  @Option(help: ArgumentHelp("Draw one layer, with its neighbours.", valueName: "path"))
  var focus: String?

  @Option(
    help: ArgumentHelp(
      "Colours: light, dark, a plugin's, or for SVG auto, which follows the reader's page.",
      valueName: "name"))
  var theme = "light"

  func validate() throws {
    if let depth, depth < 0 {
      throw ValidationError("--depth takes a number from 0, found \(depth)")
    }
  }

  /// Refuses a file that isn't a picture, or that can't have what is asked for.
  func check(_ output: String) throws {
    let format: Graphviz.Format
    do {
      format = try DiagramFile.format(of: URL(filePath: output))
    } catch {
      throw ValidationError("\(error)")
    }
    if theme == "auto", format != .svg {
      throw ValidationError("--theme auto is for .svg, found \(output)")
    }
  }

  /// Refuses Mermaid and plans for two graphs in one picture.
  func checkSideBySide(_ output: String) throws {
    if [.mmd, .md].contains(try DiagramFile.format(of: URL(filePath: output))) {
      throw ValidationError("Mermaid has no pictures side by side; take .svg, .png, .pdf or .dot")
    }
    if detail == .plan { throw ValidationError("--detail plan isn't drawn side by side") }
    if focus != nil { throw ValidationError("--focus isn't drawn side by side") }
  }

  func options(for output: String, _ registry: Registry) throws -> DiagramOptions {
    let isMermaid = [.mmd, .md].contains(try DiagramFile.format(of: URL(filePath: output)))
    return DiagramOptions(
      detail: detail ?? (isMermaid && focus == nil && depth == nil ? .layers : .ops), depth: depth,
      expansion: expand.contains("all") ? .all : expand.isEmpty ? .none : .paths(expand),
      focus: focus, theme: try colors(registry), followsReader: theme == "auto")
  }

  private func colors(_ registry: Registry) throws -> Theme {
    do {
      return try registry.theme(theme == "auto" ? "light" : theme)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func write(_ diagram: Diagram, to output: String) throws {
    let file = URL(filePath: output)
    try AtomicFile.write(Data(diagram.rendered(DiagramFile.format(of: file))), to: file)
  }
}

extension DiagramOptions.Detail: ExpressibleByArgument {}
