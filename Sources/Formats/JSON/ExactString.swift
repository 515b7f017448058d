/// A string that is equal only to the same bytes.
///
/// `String` holds canonically equivalent texts for equal ("é" as one scalar or as two). Names of
/// tensors and tokens of a vocabulary are different things when their bytes are. Hashing is also
/// faster so.
public struct ExactString: Hashable, Sendable, CustomStringConvertible {
  /// The text.
  public let text: String

  /// The text's identity.
  public init(_ text: String) { self.text = text }

  /// Whether the bytes are the same.
  public static func == (a: ExactString, b: ExactString) -> Bool {
    guard a.text.utf8.count == b.text.utf8.count else { return false }
    let equal = a.text.utf8.withContiguousStorageIfAvailable { a in
      b.text.utf8.withContiguousStorageIfAvailable { b in
        UnsafeRawBufferPointer(a).elementsEqual(UnsafeRawBufferPointer(b))
      }
    }
    return (equal ?? nil) ?? a.text.utf8.elementsEqual(b.text.utf8)
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    let hashed: Void? = text.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if hashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
  }

  /// The text.
  public var description: String { text }
}
