import Foundation
import Tensors
import Testing

@testable import Formats

@Suite struct `Rounding to blocks` {
  private func reals(_ name: String) throws -> Tensor {
    try SafetensorsReader(contentsOf: `GGUF files`.folder.appending(path: "kinds.safetensors"))
      .tensor(named: "reals." + name)
  }

  private func bytes(_ matrix: BlockMatrix) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: matrix.pointer, count: matrix.byteCount))
  }

  @Test(arguments: ["q8_0", "q4_0", "q4_1", "q5_0", "q5_1"])
  func `formats of 32 give the gguf package's bytes`(_ name: String) throws {
    let expected = try #require(try `GGUF files`.reader().weight(named: name).blocks)
    let found = try BlockMatrix(rounding: reals(name), to: expected.format)
    #expect(bytes(found) == bytes(expected))
  }

  /// √(Σ (y − x)² / Σ x²)
  private func error(_ x: Tensor, _ format: BlockFormat) throws -> Double {
    let y = try BlockMatrix(rounding: x, to: format).dense().doubles
    let pairs = zip(x.doubles, y)
    let squares = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / x.doubles.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  @Test func `searched formats lose less than plain ones of as many bits`() throws {
    let x = try reals("f32")
    let errors = try Dictionary(
      uniqueKeysWithValues: BlockFormat.allCases.map { ($0, try error(x, $0)) })
    func of(_ format: BlockFormat) -> Double { errors[format] ?? .infinity }
    #expect(of(.q4_k) < of(.q4_0) && of(.q4_k) < 0.08)
    #expect(of(.q5_k) < of(.q5_0) && of(.q5_k) < 0.04)
    #expect(of(.q6_k) < 0.02 && of(.q6_k) < of(.q5_k))
    #expect(of(.q8_0) < 0.006)
  }

  @Test(arguments: BlockFormat.allCases)
  func `zeros stay zeros, and equal numbers are kept`(_ format: BlockFormat) throws {
    let zeros = try Tensor(zeros: .f32, dims: [2, 256])
    #expect(try BlockMatrix(rounding: zeros, to: format).dense().floats.allSatisfy { $0 == 0 })
    for value: Float in [0.5, -0.5] {
      let equal = try Tensor(dims: [1, 256], floats: .init(repeating: value, count: 256))
      let found = try BlockMatrix(rounding: equal, to: format).dense().floats
      #expect(found.allSatisfy { abs($0 - value) <= 0.005 }, "\(value)")
    }
  }

  @Test func `rows that aren't whole blocks are refused`() throws {
    let x = try Tensor(zeros: .f32, dims: [2, 96])
    #expect(throws: TensorError.self) { _ = try BlockMatrix(rounding: x, to: .q4_k) }
    #expect(try BlockMatrix(rounding: x, to: .q8_0).dims == [2, 96])
  }
}
