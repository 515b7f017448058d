import CGraphviz
import Foundation
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
    /// A flowchart as Mermaid reads it, which web pages draw.
    case mmd
    /// The same in a block of Markdown.
    case md
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

  /// `dot` laid out and drawn as `format`, within `seconds`.
  ///
  /// - Throws: ``DiagramError/tooSlow(seconds:)``; on Linux, where a child process draws.
  static func rendered(
    _ dot: String, as format: Format, engine: String = "dot", seconds: Double = 20
  ) throws(DiagramError) -> [UInt8] {
    try alone { context throws(DiagramError) in
      var data: UnsafeMutablePointer<CChar>?
      var length = 0
      var isCopied: Int32 = 0
      var words = [CChar](repeating: 0, count: 4096)
      let name = format == .png ? "png:cairo" : format.rawValue
      let status = weft_gv_draw_within(
        seconds, context, dot, engine, name, format == .png ? 1 : 0, &data, &length, &words,
        words.count, &isCopied)
      defer { if let data { isCopied == 1 ? free(data) : weft_gv_free_data(data) } }
      let text = String(
        decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      messages += text
      switch Int(status) {
      case WEFT_GV_DRAWN: break
      case WEFT_GV_UNREADABLE: throw .unreadable(messages: said())
      case WEFT_GV_TOO_SLOW: throw .tooSlow(seconds: seconds)
      case WEFT_GV_NO_LAYOUT:
        throw .failed(stage: "layout", format: format.rawValue, messages: said())
      default: throw .failed(stage: "rendering", format: format.rawValue, messages: said())
      }
      guard let data else {
        throw .failed(stage: "rendering", format: format.rawValue, messages: said())
      }
      return data.withMemoryRebound(to: UInt8.self, capacity: length) {
        Array(UnsafeBufferPointer(start: $0, count: length))
      }
    }
  }
}
