/// Turns tokens into text one by one, and never gives half a character.
///
/// The texts that it gives, joined, are what ``Tokenizer/decode(_:skipSpecialTokens:)`` gives for all
/// tokens at once; only long runs of bytes that aren't UTF-8 may be told apart otherwise. How much is held
/// and decoded again for that is for the decoder to say: ``TokenDecoder/reach``.
public struct TokenStream: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  /// The tokens that the next text hangs on: some whose text was given, for how a token is written may
  /// hang on those before it, then those since.
  private var window: [Int] = []
  /// How many tokens of the window were given whole.
  private var whole = 0
  /// How many scalars of the window's text were given.
  private var given = 0

  /// Tokens that may wait for a character to be complete; more are no text.
  private static let longestWait = 32

  init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
  }

  /// What is certain of the text once `id` follows; empty while a character is incomplete.
  public mutating func append(_ id: Int) -> String {
    window.append(id)
    if tokenizer.reach == .all { return "" }
    let text = text(of: window)
    var certain = text.count
    if window.count - whole <= Self.longestWait {
      while certain > given, text[certain - 1] == "\u{FFFD}" { certain -= 1 }
    }
    return take(text, upTo: certain)
  }

  /// What is left at the end: what would become of an incomplete character.
  public mutating func finish() -> String {
    let text = text(of: window)
    return take(text, upTo: text.count)
  }

  private mutating func take(_ text: [Unicode.Scalar], upTo end: Int) -> String {
    let new = String(String.UnicodeScalarView(text[min(given, end)..<end]))
    given = end
    // Tokens without a text of their own move nothing: the one before them still counts.
    if end == text.count, !new.isEmpty {
      guard tokenizer.reach == .neighbors else {
        whole = window.count
        return new
      }
      window.removeFirst(whole)
      whole = window.count
      given = self.text(of: window).count
    }
    return new
  }

  private func text(of ids: [Int]) -> [Unicode.Scalar] {
    Array(tokenizer.decode(ids, skipSpecialTokens: skipsSpecialTokens).unicodeScalars)
  }
}

extension Tokenizer {
  /// A stream that turns tokens into text as they come.
  public func stream(skipSpecialTokens: Bool = true) -> TokenStream {
    TokenStream(self, skipsSpecialTokens: skipSpecialTokens)
  }
}
