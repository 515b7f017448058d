/// Writes a picture as SVG: elements in the order of the calls, attributes in the order given, text
/// escaped. The same calls give the same bytes.
public struct SVGWriter {
  private var lines: [String] = []
  private var open: [String] = []

  /// A picture of `width` × `height` units that browsers fit into the room there is.
  ///
  /// - Parameters:
  ///   - name: the class of the root, which every rule of `style` should name, so that a page that
  ///     holds several pictures keeps them apart.
  ///   - title: what the picture is, for those who can't see it.
  public init(width: Double, height: Double, name: String, title: String, style: String) {
    let (w, h) = (Self.number(width), Self.number(height))
    begin(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("class", name), ("width", w), ("height", h),
        ("viewBox", "0 0 \(w) \(h)"), ("role", "img"),
      ])
    element("title", [], title)
    element("style", [], style)
  }

  /// Opens an element, which ``end()`` closes.
  public mutating func begin(_ name: String, _ attributes: [(String, String)]) {
    lines.append(indent + "<\(name)\(Self.text(of: attributes))>")
    open.append(name)
  }

  /// Closes the element that was opened last.
  public mutating func end() {
    guard let name = open.popLast() else { preconditionFailure("no element is open") }
    lines.append(indent + "</\(name)>")
  }

  /// An element that holds nothing but `text`.
  public mutating func element(
    _ name: String, _ attributes: [(String, String)], _ text: String? = nil
  ) {
    let start = indent + "<\(name)\(Self.text(of: attributes))"
    lines.append(text.map { start + ">\(Self.escaped($0))</\(name)>" } ?? start + "/>")
  }

  /// A rectangle.
  public mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ more: [(String, String)]
  ) {
    element("rect", Self.frame(x, y, width, height) + more)
  }

  /// Words that begin, end or stand at `x`, as `anchor` says: `start`, `end` or `middle`; `y` is
  /// their base line.
  public mutating func words(
    _ text: String, x: Double, y: Double, anchor: String = "start", _ more: [(String, String)]
  ) {
    let place = [("x", Self.number(x)), ("y", Self.number(y))]
    element("text", place + (anchor == "start" ? [] : [("text-anchor", anchor)]) + more, text)
  }

  /// A line from one point to another.
  public mutating func line(
    x1: Double, y1: Double, x2: Double, y2: Double, _ more: [(String, String)]
  ) {
    let (x1, y1, x2, y2) = (Self.number(x1), Self.number(y1), Self.number(x2), Self.number(y2))
    element("line", [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)] + more)
  }

  /// The picture; closes what is open.
  public mutating func finish() -> String {
    while !open.isEmpty { end() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The attributes of a rectangle's place and size.
  static func frame(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double
  ) -> [(String, String)] {
    [
      ("x", number(x)), ("y", number(y)), ("width", number(max(width, 0))),
      ("height", number(max(height, 0))),
    ]
  }

  /// `value` with at most two digits after the point.
  public static func number(_ value: Double) -> String {
    var text = Figures.fixed(value, 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// `text` as XML holds it; what XML has no characters for becomes �.
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1f}", "\u{fffe}"..."\u{ffff}": escaped += "\u{fffd}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private var indent: String { String(repeating: " ", count: 2 * open.count) }

  private static func text(of attributes: [(String, String)]) -> String {
    attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
  }
}
