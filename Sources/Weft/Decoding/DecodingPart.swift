/// What goes through the model at once: tokens of some pieces, laid end to end.
struct DecodingPart {
  /// Tokens of one piece.
  struct Span {
    var piece: Int
    var slot: Int
    var tokens: ArraySlice<Int32>
    /// Positions in `tokens` after which something is to be predicted.
    var wanted: Range<Int>
  }

  private(set) var spans: [Span] = []
  private(set) var tokenCount = 0

  /// `pieces` in parts of at most `most` tokens.
  static func parts(of pieces: [DecodingSession.Piece], most: Int) -> [DecodingPart] {
    var parts: [DecodingPart] = []
    var part = DecodingPart()
    for (i, piece) in pieces.enumerated() {
      var rest = piece.tokens[...]
      while !rest.isEmpty {
        let tokens = rest.prefix(most - part.tokenCount)
        rest = rest.dropFirst(tokens.count)
        let wanted: Range<Int> =
          switch piece.logits {
          case .none: 0..<0
          case .last: rest.isEmpty ? tokens.count - 1..<tokens.count : 0..<0
          case .all: 0..<tokens.count
          }
        part.spans.append(Span(piece: i, slot: piece.slot, tokens: tokens, wanted: wanted))
        part.tokenCount += tokens.count
        if part.tokenCount == most {
          parts.append(part)
          part = DecodingPart()
        }
      }
    }
    if !part.spans.isEmpty { parts.append(part) }
    return parts
  }

  /// Whether something is to be predicted after each token.
  var wantsAll: Bool { wantedCount == tokenCount }

  private var wantedCount: Int { spans.reduce(0) { $0 + $1.wanted.count } }

  /// The positions in the row after which something is predicted; at least one, as an extent of 0 isn't
  /// planned.
  private var rows: [Int] {
    var start = 0
    var rows: [Int] = []
    for span in spans {
      rows += span.wanted.map { start + $0 }
      start += span.tokens.count
    }
    return rows.isEmpty ? [tokenCount - 1] : rows
  }

  func bindings(slots: Int, capacity: Int, rows hasRows: Bool) -> Bindings {
    var bindings: Bindings = ["tokens": tokenCount, "slots": slots, "capacity": capacity]
    if hasRows { bindings["wanted"] = rows.count }
    return bindings
  }

  /// The inputs of `graph`, in its order, where slots have so many tokens already.
  func inputs(of graph: Graph, after lengths: [Int]) throws -> [Tensor] {
    var lengths = lengths
    var positions: [Int] = []
    for span in spans {
      positions += lengths[span.slot]..<lengths[span.slot] + span.tokens.count
      lengths[span.slot] += span.tokens.count
    }
    return try graph.inputs.map { input in
      let numbers =
        switch input.name {
        case "input_ids": spans.flatMap { $0.tokens.map(Int.init) }
        case "position_ids": positions
        case "slot_ids": spans.flatMap { Array(repeating: $0.slot, count: $0.tokens.count) }
        default: rows
        }
      let dims = input.type.rank == 2 ? [1, numbers.count] : [numbers.count]
      return try Tensor(.i32, dims: dims, integers: numbers)
    }
  }

  /// The rows of `logits` that each piece asked for.
  func wanted(_ logits: Tensor) -> [(piece: Int, rows: Result<Tensor, TensorError>)] {
    var start = 0
    return spans.filter { !$0.wanted.isEmpty }.map { span in
      defer { start += span.wanted.count }
      return (
        span.piece,
        Result { () throws(TensorError) in
          try logits.rows(start..<start + span.wanted.count)
        }
      )
    }
  }
}

extension Tensor {
  /// Rows of a matrix: a view.
  func rows(_ range: Range<Int>) throws(TensorError) -> Tensor {
    let bytes = dims[1] * dtype.byteCount
    return try Tensor(
      dtype: dtype, dims: [range.count, dims[1]], storage: storage,
      byteOffset: byteOffset + range.lowerBound * bytes)
  }

  /// The rows of `parts` one below the other; without parts a matrix without rows.
  static func joiningRows(_ parts: [Tensor], width: Int) throws(TensorError) -> Tensor {
    if parts.count == 1 { return parts[0] }
    let result = try Tensor(
      uninitialized: .f32, dims: [parts.reduce(0) { $0 + $1.dims[0] }, width])
    var to = result.pointer
    for part in parts {
      to.copyMemory(from: part.pointer, byteCount: part.byteCount)
      to += part.byteCount
    }
    return result
  }
}
