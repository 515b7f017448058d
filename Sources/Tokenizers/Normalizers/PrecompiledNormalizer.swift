import Formats
import Foundation

/// SentencePiece's rules as it compiles them: a double-array trie of what is replaced, then the
/// replacements (sentencepiece, `normalizer.cc`; Yata's darts-clone).
///
/// A character with its marks, of at most five bytes, is looked up whole, else each of its scalars;
/// of rules that it begins with, the shortest counts, as in Hugging Face's library.
struct PrecompiledNormalizer: Normalizer {
  private let units: [UInt32]
  private let replacements: [UInt8]

  /// Longer characters aren't looked up whole.
  private static let longestCharacter = 5

  /// Reads `precompiled_charsmap`: the rules in base 64.
  init(_ field: JSONField) throws(JSONFieldError) {
    let map = try field.required("precompiled_charsmap", "rules in base 64")
    guard let data = Data(base64Encoded: try map.string()) else {
      throw map.error(expected: "base 64")
    }
    let bytes = Array(data)
    guard bytes.count >= 4 else {
      throw map.error(expected: "at least 4 bytes, found \(bytes.count)")
    }
    func word(_ at: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
    }
    let size = Int(word(0))
    guard size % 4 == 0, size <= bytes.count - 4 else {
      throw map.error(
        expected: "a trie of whole words within \(bytes.count - 4) bytes, found one of \(size)")
    }
    units = (0..<size / 4).map { word(4 + 4 * $0) }
    replacements = Array(bytes[(4 + size)...])
  }

  func normalize(_ text: inout AlignedText) {
    var newScalars: [Unicode.Scalar] = []
    var newOrigins: [Range<Int>] = []
    func append(_ scalars: some Sequence<Unicode.Scalar>, _ origin: Range<Int>) {
      for scalar in scalars {
        newScalars.append(scalar)
        newOrigins.append(origin)
      }
    }
    var start = text.indices.lowerBound
    for character in text.string {
      let end = start + character.unicodeScalars.count
      if character.utf8.count <= Self.longestCharacter, let new = replacement(character.utf8) {
        append(new.unicodeScalars, text.origin(of: start..<end))
      } else {
        for i in start..<end {
          let scalar = text.scalars[i]
          if let new = replacement(String(scalar).utf8) {
            append(new.unicodeScalars, text.origins[i])
          } else {
            append(CollectionOfOne(scalar), text.origins[i])
          }
        }
      }
      start = end
    }
    text.replace(scalars: newScalars, origins: newOrigins)
  }

  /// What stands for the shortest rule that `key` begins with, or nil.
  private func replacement(_ key: some Sequence<UInt8>) -> String? {
    guard let root = unit(0) else { return nil }
    var position = root.offset
    for byte in key {
      if byte == 0 { return nil }
      position ^= Int(byte)
      guard let unit = unit(position), unit.label == UInt32(byte) else { return nil }
      position ^= unit.offset
      if unit.hasLeaf, let leaf = self.unit(position) { return text(at: leaf.value) }
    }
    return nil
  }

  private func text(at offset: Int) -> String? {
    guard replacements.indices.contains(offset) else { return nil }
    return String(decoding: replacements[offset...].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A unit of the trie.
  private struct Unit {
    let bits: UInt32
    var hasLeaf: Bool { bits >> 8 & 1 == 1 }
    var value: Int { Int(bits & 0x7FFF_FFFF) }
    var label: UInt32 { bits & 0x8000_00FF }
    var offset: Int { Int((bits >> 10) << ((bits & (1 << 9)) >> 6)) }
  }

  private func unit(_ position: Int) -> Unit? {
    units.indices.contains(position) ? Unit(bits: units[position]) : nil
  }
}
