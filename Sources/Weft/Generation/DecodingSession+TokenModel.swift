/// A session is what generation asks for.
extension DecodingSession: TokenModel {
  /// Appends each piece's tokens to its slot, all in one run, and gives the logits that each asks for.
  public func advance(
    _ pieces: [TokenPiece], cancellation: Cancellation?
  ) throws -> [Tensor] {
    try advance(
      pieces.map { piece in
        let logits: Logits =
          switch piece.wanted {
          case .none: .none
          case .last: .last
          case .all: .all
          }
        return Piece(slot: piece.slot, tokens: piece.tokens, logits: logits)
      }, cancellation: cancellation)
  }
}
