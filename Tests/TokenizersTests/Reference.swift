import Foundation
import Testing

@testable import Tokenizers

/// Files that Hugging Face's library made, and what it answered.
enum Reference {
  /// What the library answered for one text.
  struct Case: Decodable, CustomTestStringConvertible {
    let text: String
    let ids: [Int32]
    let tokens: [String]
    let decoded: String
    var family = ""

    enum CodingKeys: CodingKey {
      case text, ids, tokens, decoded
    }

    var testDescription: String { "\(family) \(String(text.debugDescription.prefix(40)))" }
  }

  /// The MiniLM sentences with their ids.
  struct Sentences: Decodable {
    let sentences: [String]
    let tokenIDs: [[Int32]]

    enum CodingKeys: String, CodingKey {
      case sentences
      case tokenIDs = "token_ids"
    }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Reference")

  /// Where Scripts/fetch-minilm puts the model's tokenizer.
  static let miniLM: URL = {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["XDG_CACHE_HOME"].map { URL(filePath: $0) }
      ?? URL(filePath: environment["HOME"] ?? "/").appending(path: ".cache")
    return cache.appending(path: "weft/models/all-MiniLM-L6-v2/tokenizer.json")
  }()

  /// The families of tokenizers whose parts are all there.
  static let families = ["bert", "gpt2", "llama2", "llama3", "t5"]

  static let tokenizers: [String: Tokenizer] = {
    var tokenizers: [String: Tokenizer] = [:]
    for family in families {
      tokenizers[family] = try? Tokenizer(
        contentsOf: folder.appending(path: "\(family).tokenizer.json"))
    }
    return tokenizers
  }()

  static func cases(_ family: String) -> [Case] {
    var cases: [Case] = (try? read("\(family).cases.json")) ?? []
    for i in cases.indices { cases[i].family = family }
    return cases
  }

  static func read<T: Decodable>(_ name: String) throws -> T {
    try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appending(path: name)))
  }
}

/// The scalars: `==` of strings holds canonically equivalent texts for equal.
func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }
func scalars(_ texts: [String]) -> [[Unicode.Scalar]] { texts.map { Array($0.unicodeScalars) } }
