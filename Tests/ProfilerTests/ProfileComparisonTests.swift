import Foundation
import Testing

@testable import Compiler
@testable import Executor
@testable import Profiler

@Suite struct ProfileComparisonTests {
  /// Runs whose second and third step take `a` and `b`, give or take `spread`.
  private func profile(_ a: Int, _ b: Int, spread: Int = 0, runs: Int = 25) -> Profile {
    var profile = Synthetic.profile(
      (0..<runs).map { i in
        let off = (i % 5 - 2) * spread
        return Synthetic.run([1_000_000, a + off, b + off, 1_000_000])
      }, ceilings: Synthetic.ceilings)
    profile.model = "M"
    return profile
  }

  @Test func `what is slower than noise allows is slower`() throws {
    let before = profile(4_000_000, 4_000_000, spread: 10_000)
    let comparison = ProfileComparison(before, profile(5_000_000, 4_000_000, spread: 10_000))
    let linear = try #require(comparison.ops.first)
    #expect(linear.name == "linear")
    #expect(linear.before == 8)
    #expect(linear.after == 9)
    #expect(linear.change == 1)
    #expect(linear.percent == 12.5)
    #expect(linear.verdict == .slower)
    // What each profile is off by, and what two processes are: 3 % and 0.1 µs a step.
    let noise = 2 * (try #require(before.steps[1].noise))
    #expect(noise > 0)
    let between = 0.03 * 9 + 0.0002
    #expect(abs(linear.noise - (2 * noise * noise + between * between).squareRoot()) < 1e-6)
    #expect(comparison.run.verdict == .slower)
    #expect(comparison.rows.map(\.name).first == "encoder.layer.0.dense linear")
    #expect(comparison.rows.filter { $0.verdict == .slower }.count == 1)
    #expect(comparison.differences.isEmpty)
    #expect(comparison.text().contains("a run took 10.000 ms and takes 11.000: 10.0 % slower"))
  }

  @Test func `less than two processes differ by is no change`() {
    let comparison = ProfileComparison(
      profile(40_000_000, 4_000_000), profile(41_000_000, 4_000_000))
    #expect(comparison.run.verdict == .withinNoise)
    #expect(comparison.ops[0].verdict == .withinNoise)
    let larger = ProfileComparison(
      profile(40_000_000, 4_000_000), profile(42_000_000, 4_000_000))
    #expect(larger.ops[0].verdict == .slower)
  }

  @Test func `threads that meet at another speed are named`() {
    func profile(_ gap: Int) -> Profile {
      Synthetic.profile([Synthetic.run([1_000_000, 4_000_000, 4_000_000, 1_000_000], gap: gap)])
    }
    #expect(ProfileComparison(profile(400), profile(300)).differences.isEmpty)
    let differences = ProfileComparison(profile(400), profile(150)).differences
    #expect(differences.count == 1)
    #expect(differences[0].hasPrefix("time between two steps: before 0.40 µs, after 0.15 µs"))
  }

  @Test func `a change within the noise is said to be so`() throws {
    let comparison = ProfileComparison(
      profile(4_000_000, 4_000_000, spread: 500_000),
      profile(4_200_000, 4_000_000, spread: 500_000))
    #expect(comparison.ops.first { $0.name == "linear" }?.verdict == .withinNoise)
    #expect(comparison.run.verdict == .withinNoise)
    #expect(comparison.text().contains("no change beyond the noise"))
  }

  @Test func `equal profiles differ in nothing`() {
    let comparison = ProfileComparison(profile(4, 4), profile(4, 4))
    for change in comparison.ops + comparison.layers + comparison.rows + [comparison.run] {
      #expect(change.change == 0)
      #expect(change.verdict == .withinNoise)
    }
  }

  @Test func `one run knows no noise`() {
    let comparison = ProfileComparison(
      profile(4_000_000, 4_000_000, runs: 1), profile(9_000_000, 4_000_000, runs: 1))
    #expect(comparison.run.verdict == .withinNoise)
    #expect(comparison.ops.allSatisfy { $0.verdict == .withinNoise })
  }

  @Test func `rows of one profile only are new or gone`() throws {
    var after = profile(4_000_000, 4_000_000)
    after.steps[3].op = "add_norm"
    after.steps[3].layer = "encoder.layer.1.norm"
    let comparison = ProfileComparison(profile(4_000_000, 4_000_000), after)
    #expect(comparison.ops.first { $0.name == "add" }?.verdict == .gone)
    #expect(comparison.ops.first { $0.name == "add" }?.change == -1)
    #expect(comparison.ops.first { $0.name == "add_norm" }?.verdict == .new)
    let names = comparison.layers.map { String(repeating: "  ", count: $0.level) + $0.name }
    #expect(names == ["embeddings", "encoder.layer[*]", "  (itself)", "  dense", "  norm"])
    #expect(comparison.layers.map(\.verdict).suffix(3) == [.gone, .withinNoise, .new])
  }

  @Test func `other models, dimensions and machines are named`() {
    var after = profile(4_000_000, 4_000_000)
    after.model = "N"
    after.bindings = ["tokens": 7]
    after.ceilings?.processor = "Zuse"
    after.ceilings?.gigaflopsPerSecond = 100
    let comparison = ProfileComparison(profile(4_000_000, 4_000_000), after)
    #expect(comparison.differences.count == 4)
    #expect(comparison.differences[0] == "model: before M, after N")
    #expect(comparison.text().contains("The two differ in more than time:\n  model: before M"))
  }

  @Test func `as JSON it can be read again`() throws {
    let comparison = ProfileComparison(profile(4, 5), profile(5, 4))
    let again = try JSONDecoder().decode(
      ProfileComparison.self, from: Data(comparison.json().utf8))
    #expect(again == comparison)
  }
}
