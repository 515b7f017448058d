/// A graph file that a plugin brings along. Who imports it has its layers.
let layers = """
  /// squared_relu(x·W₁ᵀ)·W₂ᵀ, without biases: the feed-forward net of Primer.
  layer PrimerFeedForward(x: f32[..., width], inner: Int) -> f32[..., width] {
    param up: f32[inner, width]
    param down: f32[width, inner]
    return matmul(squared_relu(matmul(x, transpose(up))), transpose(down))
  }

  """
