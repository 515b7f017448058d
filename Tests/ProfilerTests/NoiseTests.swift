import Testing

@testable import Profiler

@Suite struct NoiseTests {
  @Test func `one value says nothing of noise`() {
    #expect(Figures.noise([]) == nil)
    #expect(Figures.noise([3]) == nil)
  }

  @Test func `few values are uncertain, equal ones not at all`() throws {
    // A mean of 2 ± 1, with one degree of freedom.
    #expect(abs(try #require(Figures.noise([1, 3])) - 63.66) < 1e-9)
    #expect(Figures.noise([2, 2, 2]) == 0)
  }

  @Test func `many values are taken in ten stretches`() throws {
    // Medians of stretches: 1, 3, 1, 3 … with a variance of 10 / 9.
    let values = (0..<30).map { $0 / 3 % 2 == 0 ? 1.0 : 3.0 }
    #expect(abs(try #require(Figures.noise(values)) - 3.25 / 3) < 1e-9)
    // The same values in another order: every stretch has the same median.
    let mixed = (0..<30).map { $0 % 3 == 0 ? 1.0 : 3.0 }
    #expect(Figures.noise(mixed) == 0)
  }
}
