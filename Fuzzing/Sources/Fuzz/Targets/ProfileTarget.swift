import Foundation
import Weft

/// Profiles that `weft profile --json` wrote, for `--compare`.
struct ProfileTarget: FuzzTarget {
  static let name = "profile"
  static let words = [
    "\"format\":", "\"version\":", "\"rows\":", "1e308", "-1", "null", "9223372036854775807",
  ]

  private let sample: Profile

  init() throws {
    let weights = WeightOrigin.checkpoint(Repository.file("Tests/WeftTests/Reference/gpt2"))
    let model = try Model(
      ModelSource(file: Repository.file("Graphs/gpt2.weft"), configuration: weights.configuration),
      weights: weights, threads: 1)
    sample = try model.entry().profile(bindings: ["batch": 1, "tokens": 2], runs: 1)
  }

  func seeds() throws -> [Data] { [Data(try sample.json().utf8)] }

  func run(_ bytes: Data) {
    guard let profile = try? Profile(json: bytes, file: "fuzz.json") else { return }
    for grouping in ProfileGrouping.allCases { _ = profile.text(by: grouping) }
    _ = ProfileComparison(sample, profile).text()
    _ = ProfileComparison(profile, sample).text()
  }
}
