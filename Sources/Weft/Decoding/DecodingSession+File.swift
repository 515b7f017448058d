import Foundation

extension DecodingSession {
  /// Writes a sequence to a safetensors file: its tokens, and for each state their rows as they are
  /// stored. The file is written whole or not at all.
  public func save(_ slot: Int, to file: URL) throws {
    try check(slot)
    try cache.withLock { cache in
      let tokens = cache.tokens[slot]
      var items = [
        SafetensorsItem(
          Self.tokensName, try Tensor(.i32, dims: [tokens.count], integers: tokens.map(Int.init)))
      ]
      for state in cache.states {
        items.append(
          try SafetensorsItem(
            state.name, bytesOf: state.storage,
            byteOffset: cache.rows(of: slot, in: state) - state.storage.base,
            dims: [tokens.count, state.rowByteCount]))
      }
      try SafetensorsWriter.write(items, fileMetadata, to: file)
    }
  }

  /// Makes a slot the sequence that ``save(_:to:)`` wrote. The slot stays as it was where the file isn't
  /// a sequence of this model, in this format, with room for it here.
  public func restore(_ slot: Int, from file: URL) throws {
    try check(slot)
    let reader = try SafetensorsReader(contentsOf: file)
    for (key, expected) in fileMetadata.sorted(by: { $0.key < $1.key }) {
      guard reader.metadata[key] == expected else {
        throw DecodingError.file(
          path: file.path, expected: "a sequence with \(key) = \(expected)",
          found: reader.metadata[key].map { "\(key) = \($0)" } ?? "none")
      }
    }
    let tokens = try savedTokens(reader, file)
    try cache.withLock { cache in
      let rows = try cache.states.map { state in
        let dims = [tokens.count, state.rowByteCount]
        guard let entry = reader.entry(named: state.name), entry.typeName == "U8",
          entry.dims == dims, let bytes = reader.bytes(of: state.name)
        else {
          throw DecodingError.file(
            path: file.path, expected: "rows of '\(state.name)', U8\(dims)",
            found: reader.entry(named: state.name).map { "\($0.typeName)\($0.dims)" } ?? "none")
        }
        return (state, bytes)
      }
      for (state, bytes) in rows {
        cache.rows(of: slot, in: state).copyMemory(
          from: bytes.storage.base + bytes.byteOffset,
          byteCount: tokens.count * state.rowByteCount)
      }
      cache.tokens[slot] = tokens
    }
  }

  private static let tokensName = "tokens"

  /// What a file must say that belongs to this session's model.
  private var fileMetadata: [String: String] {
    [
      "weft": "sequence", "model": model.definition.name, "cache": format.rawValue,
      "configs": model.definition.configs.map { "\($0.name)=\($0.value)" }
        .joined(separator: ", "),
    ]
  }

  private func savedTokens(_ reader: SafetensorsReader, _ file: URL) throws -> [Int32] {
    let tensor = try reader.tensor(named: Self.tokensName)
    guard tensor.dtype == .i32, tensor.dims.count == 1, tensor.count <= capacity else {
      throw DecodingError.file(
        path: file.path, expected: "i32 tokens, at most \(capacity)", found: "\(tensor.type)")
    }
    let tokens = tensor.integers
    if let wrong = tokens.first(where: { !(0..<vocabulary).contains($0) }) {
      throw DecodingError.token(Int32(clamping: wrong), vocabulary: vocabulary)
    }
    return tokens.map { Int32($0) }
  }
}
