extension Diagnostic: CustomStringConvertible {
  /// The text without colors.
  public var description: String { rendered() }

  /// The text for a terminal; with `color`, in ANSI colors.
  public func rendered(color: Bool = false) -> String {
    func paint(_ text: String, _ code: String) -> String {
      color ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
    let tint = severity == .error ? "1;31" : "1;35"
    var text = range.map { paint("\($0.file):\($0.line):\($0.column): ", "1") } ?? ""
    text += paint("\(severity.rawValue):", tint) + " " + paint(message.printable, "1")
    if let range { text += "\n" + range.excerpt(color: color, tint: tint) }
    for note in notes { text += "\n   " + paint("note:", "1;36") + " " + note.text.printable }
    if let help { text += "\n   " + paint("help:", "1;32") + " " + help.printable }
    return text
  }
}

extension Diagnostic.Range {
  /// The source line and under it what is meant; with `color`, the carets in the ANSI color `tint`.
  ///
  /// - Parameter marks: columns that get a caret each instead of the range, where there are several.
  public func excerpt(color: Bool, tint: String, marks: [Int] = []) -> String {
    func paint(_ text: String, _ code: String) -> String {
      color ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
    let number = "\(line)"
    let gutter = String(repeating: " ", count: max(0, 5 - number.count)) + number + " | "
    let (line, caret) = parts(marks)
    return paint(gutter, "34") + line + "\n" + paint("      | ", "34") + paint(caret, tint)
  }

  /// The source line and what underlines it. A long line is cut around what is underlined.
  private func parts(_ marks: [Int]) -> (line: String, caret: String) {
    let bytes = Array(text.utf8)
    let start = min(column - 1, bytes.count)
    let end = endLine > line ? bytes.count : min(endColumn - 1, bytes.count)
    let from = start > 120 ? start - 60 : 0
    let to = min(bytes.count, max(start + 100, from + 160))
    func shown(_ part: ArraySlice<UInt8>) -> String {
      String(decoding: part, as: UTF8.self).replacingTabs.printable
    }
    let head = (from > 0 ? "…" : "") + shown(bytes[from..<start])
    let marked = shown(bytes[start..<max(start, min(end, to))])
    let tail =
      shown(bytes[max(start, min(end, to))..<max(to, start)]) + (to < bytes.count ? "…" : "")
    if marks.count > 1, from == 0 {
      let places = marks.filter { $0 <= to }.map { shown(bytes[0..<($0 - 1)]).displayWidth }
      let width = (places.max() ?? 0) + 1
      let carets = (0..<width).map { places.contains($0) ? "^" : " " }
      return (head + marked + tail, carets.joined())
    }
    let caret =
      String(repeating: " ", count: head.displayWidth) + "^"
      + String(repeating: "~", count: max(0, marked.displayWidth - 1))
    return (head + marked + tail, caret)
  }
}

extension String {
  fileprivate var replacingTabs: String { String(flatMap { $0 == "\t" ? "  " : "\($0)" }) }

  /// The text with control characters made visible, so that a hostile file can't drive a terminal.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.value {
          case 0x0a: scalar
          case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: "\u{fffd}"
          default: scalar
          }
        }))
  }

  /// Columns on a terminal: 2 for East Asian wide characters and emoji.
  fileprivate var displayWidth: Int {
    reduce(0) { width, character in
      switch character.unicodeScalars.first?.value ?? 0 {
      case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
        0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
        width + 2
      default: width + 1
      }
    }
  }
}
