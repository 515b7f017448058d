import Compiler

/// The passes that Weft ships.
public enum Pipeline {
  /// All passes in the order in which they run, each with the reason for its place.
  public static let standard: [any Pass] = [
    // Simple forms first: every later pattern has fewer spellings to know.
    Canonicalize(),
    FoldConstants(),
    MergeEqualNodes(),
    // Products take swapped axes for free; a transposition costs a walk over memory.
    AbsorbTranspose(),
    // Before anything touches the softmax and the scale inside a written-out attention.
    RecognizeAttention(),
    // Cancels the axes that a recognized attention moves against those that the graph moved.
    Canonicalize(),
    // From here on a product with a weight has one form.
    FormLinear(),
    // Before residuals and biases claim the additions that belong to embeddings.
    FuseEmbedding(),
    // A fused projection that is cut apart afterwards gives its parts at once.
    SplitProjection(),
    // Everything that may happen while a tile is in registers.
    FuseLinear(),
    // Needs biases inside the products, and products without other epilogues.
    MergeProjections(),
    // Takes the additions that no product could.
    FuseNorm(),
    // What remains of single elementwise ops.
    FuseElementwise(),
    // Last: earlier passes see the types that the user wrote.
    WidenStorage(),
  ]
}
