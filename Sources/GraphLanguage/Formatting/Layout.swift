/// Text with places where lines may break, after Wadler, "A prettier printer" (2003).
indirect enum Layout {
  case text(String)
  /// Parts one after the other.
  case sequence([Layout])
  /// `open`, then the items with spaces between them, then `close`. Where that doesn't fit the
  /// line, it breaks after `open` and wherever an item would pass the margin.
  case brackets(open: String, [Layout], close: String)
  /// Items with spaces between them; the line breaks where an item would pass the margin.
  case fill([Layout])
  /// A suffix after a space, or on a line of its own where only the first part fits the line.
  case suffixed(Layout, String)

  /// The text on one line.
  var flat: String {
    switch self {
    case .text(let text): text
    case .sequence(let parts): parts.map(\.flat).joined()
    case .brackets(let open, let items, let close):
      open + items.map(\.flat).joined(separator: " ") + close
    case .fill(let items): items.map(\.flat).joined(separator: " ")
    case .suffixed(let first, let suffix): first.flat + " " + suffix
    }
  }
}

/// Breaks layouts into lines.
struct LayoutRenderer {
  /// The most columns of a line.
  static let width = 100

  private(set) var text: String
  private var column: Int

  /// A renderer that begins after `prefix`, which ends `indentation` columns deep or further.
  init(prefix: String) {
    text = prefix
    column = prefix.count
  }

  private mutating func write(_ part: String) {
    text += part
    column += part.count
  }

  private mutating func newline(_ indentation: Int) {
    text += "\n" + String(repeating: " ", count: indentation)
    column = indentation
  }

  /// Writes `layout`. Continued lines stand at `indentation` or deeper; `reserve` columns after
  /// the last line belong to what follows.
  mutating func render(_ layout: Layout, indentation: Int, reserve: Int = 0) {
    let flat = layout.flat
    if column + flat.count + reserve <= LayoutRenderer.width {
      write(flat)
      return
    }
    switch layout {
    case .text(let text): write(text)
    case .sequence(let parts):
      for (i, part) in parts.enumerated() {
        let rest = parts[(i + 1)...].reduce(0) { $0 + $1.headWidth }
        render(part, indentation: indentation, reserve: rest + (i == parts.count - 1 ? reserve : 0))
      }
    case .brackets(let open, let items, let close):
      write(open)
      if !items.isEmpty { newline(indentation + 2) }
      fill(items, indentation: indentation + 2, reserve: reserve + close.count)
      write(close)
    case .fill(let items): fill(items, indentation: indentation + 2, reserve: reserve)
    case .suffixed(let first, let suffix):
      let onOneLine = column + first.flat.count <= LayoutRenderer.width
      render(first, indentation: indentation, reserve: onOneLine ? 0 : suffix.count + 1 + reserve)
      if onOneLine { newline(indentation + 2) } else { write(" ") }
      write(suffix)
    }
  }

  private mutating func fill(_ items: [Layout], indentation: Int, reserve: Int) {
    for (i, item) in items.enumerated() {
      let after = i == items.count - 1 ? reserve : 0
      if i > 0 {
        if column + 1 + item.flat.count + after <= LayoutRenderer.width {
          write(" ")
        } else {
          newline(indentation)
        }
      }
      render(item, indentation: indentation, reserve: after)
    }
  }
}

extension Layout {
  /// Columns before the first place where a line may break.
  fileprivate var headWidth: Int {
    switch self {
    case .text(let text): text.count
    case .sequence(let parts): parts.first?.headWidth ?? 0
    case .brackets(let open, _, _): open.count
    case .fill(let items): items.first?.headWidth ?? 0
    case .suffixed(let first, _): first.headWidth
    }
  }
}
