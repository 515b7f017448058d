import Foundation
import Testing

@testable import Profiler

@Suite struct ProfileFileTests {
  private func profile() -> Profile {
    var profile = Synthetic.profile(
      Array(
        repeating: Synthetic.run([1_000_000, 4_000_000, 4_000_000, 1_000_000]), count: 2),
      ceilings: Synthetic.ceilings)
    profile.model = "M"
    profile.bindings = ["tokens": 3]
    profile.untraced = 10
    profile.tracingPercent = 0.5
    profile.peakResidentByteCount = 1
    profile.ceilings?.gigaoperationsPerSecondInt8 = 800
    profile.phases = .init(startup: 1, passes: 2, plan: 3, packing: 4, firstRun: 5)
    return profile
  }

  private func read(_ text: String) throws(ProfileError) -> Profile {
    try Profile(json: Data(text.utf8), file: "a.json")
  }

  private func edited(_ edit: (inout [String: Any]) -> Void) throws -> String {
    let data = Data(try profile().json().utf8)
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    edit(&object)
    return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
  }

  @Test func `JSON gives the same profile again`() throws {
    let profile = profile()
    #expect(try read(profile.json()) == profile)
    #expect(try profile.json().contains("\"gigaflopsPerSecond\" : 100"))
  }

  /// Programs read these: whoever changes them changes ``Profile/version``, too.
  @Test func `the keys are those of this version`() throws {
    #expect(Profile.version == 1)
    let data = Data(try profile().json().utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    func keys(_ value: Any?) -> [String] { (value as? [String: Any] ?? [:]).keys.sorted() }
    #expect(
      keys(object) == [
        "bindings", "ceilings", "deviation", "entry", "explainedPercent", "fastest", "format",
        "median", "model", "noise", "p90", "p99", "parts", "peakResidentByteCount", "phases",
        "runs",
        "slowest", "steps", "sum", "threads", "tracingPercent", "untraced", "version", "wall",
      ])
    #expect(
      keys(object["parts"]) == ["barriers", "finish", "prepare", "rest", "steps", "wake"])
    #expect(keys(object["phases"]) == ["firstRun", "packing", "passes", "plan", "startup"])
    #expect(
      keys(object["ceilings"]) == [
        "gigaflopsPerSecond", "gigaoperationsPerSecondInt8", "instructionSet", "processor",
        "threads", "values", "weights",
      ])
    let steps = try #require(object["steps"] as? [[String: Any]])
    #expect(
      keys(steps[1]) == [
        "arithmetic", "barrier", "bound", "bytes", "caller", "calls", "category", "ceiling",
        "deviation", "flops", "gigabytesPerSecond", "gigaflopsPerSecond", "kernel", "layer",
        "lines", "median", "node", "noise", "op", "p90", "p99", "percent", "recoverable", "step",
        "time",
        "total", "type", "wait", "weightBytes",
      ])
    #expect(keys(steps[1]["caller"]) == ["column", "file", "line", "source"])
    // What isn't there has no key.
    #expect(steps[0]["node"] == nil)
    #expect(steps[0]["caller"] == nil)
  }

  @Test func `what is no profile is refused with what it is`() throws {
    #expect(throws: ProfileError.empty(file: "a.json")) { try read(" \n") }
    #expect(throws: ProfileError.malformed(file: "a.json", reason: "it is no JSON")) {
      try read("{\"format\": ")
    }
    #expect(throws: ProfileError.malformed(file: "a.json", reason: "it is no object")) {
      try read("[1]")
    }
    #expect(throws: ProfileError.otherFormat(file: "a.json", found: "other JSON")) {
      try read("{\"runs\": 3}")
    }
    #expect(throws: ProfileError.otherFormat(file: "a.json", found: "a timeline")) {
      try read("{\"traceEvents\": []}")
    }
    #expect(throws: ProfileError.otherVersion(file: "a.json", found: 2)) {
      try read(edited { $0["version"] = 2 })
    }
    #expect(throws: ProfileError.malformed(file: "a.json", reason: "'wall' is missing")) {
      try read(edited { $0["wall"] = nil })
    }
    #expect(
      throws: ProfileError.malformed(file: "a.json", reason: "steps[0].step has another type")
    ) {
      try read(
        edited { object in
          var steps = object["steps"] as? [[String: Any]] ?? []
          steps[0]["step"] = "first"
          object["steps"] = steps
        })
    }
  }

  @Test func `numbers that nobody measured don't trap`() throws {
    let text = try edited { object in
      object["runs"] = Int.min
      var steps = object["steps"] as? [[String: Any]] ?? []
      for i in steps.indices {
        for key in ["flops", "bytes", "step", "calls", "weightBytes"] { steps[i][key] = Int.max }
        for key in ["time", "median", "percent", "deviation"] { steps[i][key] = -1e308 }
        steps[i]["layer"] = "....9999999999999999999999.."
      }
      object["steps"] = steps
    }
    let wild = try read(text)
    for grouping in ProfileGrouping.allCases {
      #expect(!wild.text(by: grouping).isEmpty)
    }
    #expect(!ProfileComparison(wild, wild).text().isEmpty)
    #expect(!ProfileComparison(profile(), wild).text().isEmpty)
  }
}
