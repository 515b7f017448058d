import Foundation

/// A conversation with a model: messages, and a cache that holds what was said.
public struct Conversation {
  /// The messages: objects with `role` and `content`.
  public private(set) var messages: [JSONValue]
  private let texts: TextModel
  private let chat: ChatFormat
  private let engine: GenerationEngine
  private let options: GenerationOptions
  private let system: [JSONValue]

  /// A conversation without messages but the system's.
  ///
  /// - Throws: ``TextModelError/noTemplate`` for a model without a chat template.
  public init(
    _ texts: TextModel, capacity: Int, format: StateFormat = .f32, options: GenerationOptions,
    system: String? = nil, drafting: Drafting = .none
  ) throws {
    guard let chat = texts.chat else { throw TextModelError.noTemplate }
    self.texts = texts
    self.chat = chat
    self.options = options
    engine = try GenerationEngine(
      texts.tokenModel(capacity: capacity, format: format), tokenizer: texts.tokenizer,
      drafting: drafting)
    self.system = system.map { [ChatFormat.message("system", $0)] } ?? []
    messages = self.system
  }

  /// Adds a user's message and the model's answer, whose text is given as it comes.
  ///
  /// An answer that is cancelled stays as far as it came. A message that can't be answered isn't
  /// added.
  public mutating func answer(
    _ text: String, cancellation: Cancellation? = nil, _ show: (String) throws -> Void
  ) throws {
    let asked = messages + [ChatFormat.message("user", text)]
    let prompt = texts.tokens(of: try chat.text(of: asked), isRendered: true)
    var options = options
    // The answer takes what room is left.
    let room = engine.model.capacity - prompt.count + 1
    options.maximumTokens = max(1, min(options.maximumTokens, room))
    let made = try engine.generate([prompt], options, cancellation: cancellation) {
      _, event in
      if !event.text.isEmpty { try show(event.text) }
    }
    guard let answer = made.first else { return }
    if case .failed(let error) = answer.finish { throw error }
    messages = asked + [ChatFormat.message("assistant", answer.text)]
  }

  /// What answers took so far.
  public var counts: GenerationCounts { engine.counts }

  /// Does what a line that begins with `/` asks for, and says what it did.
  public mutating func command(_ line: String) throws -> String {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    switch (words.first, words.dropFirst().first) {
    case ("/reset", nil):
      messages = system
      return "forgotten"
    case ("/undo", nil):
      guard messages.count > system.count else { return "there is nothing to undo" }
      messages.removeLast(min(2, messages.count - system.count))
      return "forgot the last question and its answer"
    case ("/save", let path?):
      try save(to: URL(filePath: path))
      return "saved to \(path)"
    case ("/help", nil): return "/reset, /undo, /save FILE, /help, /exit"
    default:
      return "there is no '\(line.quotedForMessage)'; there is /reset, /undo, /save FILE, /exit"
    }
  }

  /// Writes the messages to a file, as JSON.
  public func save(to file: URL) throws {
    try AtomicFile.write(Data((JSONValue.array(messages).text + "\n").utf8), to: file)
  }

  /// Goes on with the messages of a file.
  ///
  /// - Throws: ``TextModelError/file(source:_:)`` for a file that holds no list of messages.
  public mutating func restore(from file: URL) throws {
    do {
      let root = JSONField(try JSONParser.parse(FileReading.data(file, limit: 256 << 20)))
      messages = try root.elements().map { element in
        _ = try element.required("role", "a role").string()
        return element.value
      }
    } catch let error as FileError {
      throw error
    } catch { throw TextModelError.file(source: file.path, "\(error)") }
  }
}
