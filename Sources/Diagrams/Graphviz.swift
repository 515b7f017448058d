import CGraphviz
import Synchronization

/// libgraphviz, used by one thread at a time: it isn't safe even with a context for each.
public enum Graphviz {
  /// What a diagram may be written as.
  public enum Format: String, Sendable, CaseIterable {
    /// The text that Graphviz reads.
    case dot
    /// One page.
    case pdf
    /// Pixels, at 144 to the inch.
    case png
    /// Vectors, with the source lines as tooltips.
    case svg
  }

  /// The one context, made when it is first needed and kept.
  ///
  /// `@unchecked Sendable`: only touched inside `lock`.
  private struct Context: @unchecked Sendable {
    var pointer: OpaquePointer?
  }

  private static let lock = Mutex(Context())

  /// What Graphviz said since the start of the call.
  ///
  /// `nonisolated(unsafe)`: written by the receiver, which Graphviz calls on the thread that holds
  /// `lock`, and read on that thread.
  private nonisolated(unsafe) static var messages = ""

  /// Runs `body` alone, with Graphviz's messages collected.
  private static func alone<T: Sendable>(
    _ body: (OpaquePointer) throws(DiagramError) -> T
  ) throws(DiagramError) -> T {
    let result = lock.withLock { context -> Result<T, DiagramError> in
      messages = ""
      weft_gv_set_receiver { fragment in
        if let fragment { Graphviz.messages += String(cString: fragment) }
        return 0
      }
      if context.pointer == nil { context.pointer = gvContext() }
      guard let pointer = context.pointer else {
        return .failure(.unavailable(messages: said()))
      }
      return Result { () throws(DiagramError) in try body(pointer) }
    }
    return try result.get()
  }

  /// The messages on one line.
  private static func said() -> String {
    messages.split(whereSeparator: \.isNewline).joined(separator: "; ")
  }

  /// The library's version, such as `2.43.0`.
  public static func version() throws(DiagramError) -> String {
    try alone { context in String(cString: weft_gv_version(context)) }
  }

  /// `dot` laid out and drawn as `format`.
  static func rendered(
    _ dot: String, as format: Format, engine: String = "dot"
  ) throws(DiagramError) -> [UInt8] {
    try alone { context throws(DiagramError) in
      guard let graph = weft_gv_read(dot) else { throw .unreadable(messages: said()) }
      defer { agclose(graph) }
      guard weft_gv_layout(context, graph, engine) == 0 else {
        throw .failed(stage: "layout", format: format.rawValue, messages: said())
      }
      defer { gvFreeLayout(context, graph) }
      if format == .png { weft_gv_set_dpi(graph, resolution(of: graph)) }
      var data: UnsafeMutablePointer<CChar>?
      var length = 0
      let name = format == .png ? "png:cairo" : format.rawValue
      let status = weft_gv_render(context, graph, name, &data, &length)
      guard status == 0, let data else {
        throw .failed(stage: "rendering", format: format.rawValue, messages: said())
      }
      defer { weft_gv_free_data(data) }
      return data.withMemoryRebound(to: UInt8.self, capacity: length) {
        Array(UnsafeBufferPointer(start: $0, count: length))
      }
    }
  }

  /// Pixels to the inch: 144, or fewer for a picture that would take too much memory.
  private static func resolution(of graph: UnsafeMutablePointer<Agraph_t>) -> Double {
    var (width, height) = (0.0, 0.0)
    weft_gv_size(graph, &width, &height)
    let (area, side) = (max(width * height, 1), max(width, height, 1))
    return min(144, (60e6 / area).squareRoot(), 30_000 / side)
  }
}
