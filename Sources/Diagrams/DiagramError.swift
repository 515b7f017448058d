/// Why a diagram couldn't be drawn.
public enum DiagramError: Error, Equatable, CustomStringConvertible {
  /// More boxes than can be laid out in reasonable time.
  case tooManyBoxes(count: Int, limit: Int)
  /// There is no layer at that path.
  case unknownLayer(String, nearest: String?)
  /// The layout took longer than it may.
  case tooSlow(seconds: Double)
  /// Graphviz has no context, or none of its plugins.
  case unavailable(messages: String)
  /// Graphviz refuses the text: a mistake of Weft.
  case unreadable(messages: String)
  /// The layout or the rendering failed.
  case failed(stage: String, format: String, messages: String)

  /// What failed, what Graphviz said, and what may help.
  public var description: String {
    switch self {
    case .tooManyBoxes(let count, let limit):
      "the diagram would have \(count) boxes, at most \(limit) can be drawn; try a lower depth"
    case .unknownLayer(let path, let nearest):
      "there is no layer '\(path)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .tooSlow(let seconds):
      "Graphviz took longer than \(Numbers.real(seconds)) s; try a lower --depth, or --focus PATH"
    case .unavailable(let messages):
      "Graphviz can't be used: \(messages.isEmpty ? "it has no context" : messages);"
        + " is the package graphviz or libgraphviz-dev installed?"
    case .unreadable(let messages): "Graphviz can't read the diagram: \(messages)"
    case .failed(let stage, let format, let messages):
      "Graphviz failed at the \(stage) of a diagram as \(format): "
        + (messages.isEmpty ? "it said nothing" : messages)
    }
  }
}
