/// What the program prints, as JSON.
struct KernelReport: Codable {
  /// What one number of threads reaches at most.
  struct Peak: Codable {
    var threads: Int
    /// f32 multiply-adds in registers, 10⁹ FLOP/s.
    var gigaflopsPerSecond: Double
  }

  /// One kernel at one size.
  struct Measurement: Codable {
    /// `gemm`, `attention`, `layer_norm`, …
    var kernel: String
    /// The sizes by name, such as m, n, k.
    var sizes: [String: Int]
    /// What else tells two measurements apart, such as `weights in cache`.
    var variant: String
    var threads: Int
    var medianMicroseconds: Double
    var bestMicroseconds: Double
    /// 10⁹ a second, of ``unit``; of the median time.
    var rate: Double
    /// `FLOP`, `OP` (on integers) or `byte`.
    var unit: String
    /// The median's rate over the peak of the same number of threads: multiply-adds in registers
    /// for operations, plain reading of as many bytes for bytes.
    var share: Double
    /// The fastest repetition's.
    var bestShare: Double
  }

  /// The instruction set.
  var isa: String
  var peaks: [Peak]
  var measurements: [Measurement]
}
