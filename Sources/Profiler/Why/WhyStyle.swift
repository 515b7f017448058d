/// How the text of ``WhyReport`` looks: colours, and lines of at most 100 columns.
struct WhyStyle {
  let colored: Bool
  /// The file whose lines are shown: its name is left out.
  var file = ""

  /// The most columns of a line that can be broken.
  private static let width = 100

  /// A blank where no line is broken.
  static let blank = "\u{a0}"

  func bold(_ text: String) -> String { paint(text, "1") }
  func dim(_ text: String) -> String { paint(text, "2") }
  func pass(_ text: String) -> String { paint(text, "36") }
  func arrow(_ text: String) -> String { paint(text, "1;32") }
  func nearly(_ text: String) -> String { paint(text, "1;33") }

  private func paint(_ text: String, _ code: String) -> String {
    colored && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }

  /// `lead`, then `text` broken into lines that are indented by two columns more.
  ///
  /// - Parameters:
  ///   - lead: what stands before, as it is shown.
  ///   - columns: how many columns that takes.
  ///   - paint: the look of the text.
  func row(
    _ indent: Int, _ lead: String, columns: Int, _ text: String,
    _ paint: (String) -> String = { $0 }
  ) -> String {
    let blanks = String(repeating: " ", count: indent)
    guard !text.isEmpty else { return blanks + lead }
    var lines: [String] = []
    var line = ""
    var free = Self.width - indent - columns - (columns > 0 ? 1 : 0)
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > free {
        lines.append(line)
        (line, free) = ("", Self.width - indent - 2)
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    let gap = columns > 0 ? " " : ""
    return blanks + lead + gap
      + lines.map { paint($0.replacing(Self.blank, with: " ")) }
      .joined(separator: "\n" + blanks + "  ")
  }
}
