import IR
import Testing

@testable import Profiler

@Suite struct LayerSummaryTests {
  private func path(_ names: (name: String, index: Int?)...) -> LayerPath {
    LayerPath(names.map { .init($0.name, index: $0.index) })
  }

  @Test func `a loop's layers are one range`() {
    let paths = (0..<6).map { path(("encoder", nil), ("layer", $0), ("attention", nil)) }
    #expect(LayerSummary.patterns(of: paths) == ["encoder.layer[0…5].attention"])
    #expect(LayerSummary.patterns(of: [paths[2]]) == ["encoder.layer[2].attention"])
    #expect(
      LayerSummary.patterns(of: [paths[0], paths[2]]) == ["encoder.layer[0, 2].attention"])
  }

  @Test func `siblings stand in braces`() {
    let paths = ["query", "key", "value"].flatMap { name -> [LayerPath] in
      (0..<2).map { path(("layer", $0), (name, nil)) }
    }
    #expect(LayerSummary.patterns(of: paths) == ["layer[0…1].{query, key, value}"])
  }

  @Test func `two loops are two ranges only where all of both are there`() {
    let all = (0..<6).map { path(("block", $0 / 3), ("layer", $0 % 3)) }
    #expect(LayerSummary.patterns(of: all) == ["block[0…1].layer[0…2]"])
    let some = [all[0], all[4]]
    #expect(LayerSummary.patterns(of: some) == ["block[0].layer[0]", "block[1].layer[1]"])
  }

  @Test func `the model's own path is left out`() {
    #expect(LayerSummary.patterns(of: [LayerPath(), path(("head", nil))]) == ["head"])
  }
}
