import Formats

/// Writes spaces as `▁` and cuts words apart before them, as SentencePiece does.
struct MetaspacePreTokenizer: PreTokenizer {
  private let style: Metaspace

  /// Reads what ``Metaspace`` does.
  init(_ field: JSONField) throws(JSONFieldError) { style = try Metaspace(field) }

  func split(_ text: AlignedText) -> [AlignedText] {
    guard !text.isEmpty else { return [] }
    var text = text
    text.replace(.fixed([" "]), with: [style.mark])
    let isFirst = text.origins.first?.lowerBound == 0
    let prepends = style.prepending == .always || (style.prepending == .first && isFirst)
    if prepends, text.scalars.first != style.mark { text.prepend([style.mark]) }
    guard style.splits else { return [text] }
    let parts = text.parts(of: .fixed([style.mark]))
    return SplitBehavior.mergedWithNext.words(of: parts).map { text[$0] }
  }
}
