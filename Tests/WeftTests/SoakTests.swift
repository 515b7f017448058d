import Foundation
import Testing
import Weft

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Many runs with changing bindings. `WEFT_SOAK_RUNS` says how many: Scripts/soak makes 10,000, and
/// memory is looked at only there, where nothing else runs in the process.
@Suite struct `Many runs` {
  private static let asked = ProcessInfo.processInfo.environment["WEFT_SOAK_RUNS"].flatMap(Int.init)

  @Test func `give the same bytes, and memory stays flat`() throws {
    let runs = Self.asked ?? 150
    let model = try Reference.named("gpt2").model(threads: 2)
    let entry = try model.entry()
    var first: [[Int]: [String: Data]] = [:]
    var resident: [Int] = []
    for run in 0..<runs {
      // 60 bindings: more than plans are kept.
      let (batch, tokens) = (1 + run * 7 % 4, 1 + run * 11 % 15)
      let inputs = try entry.randomInputs(
        bindings: ["batch": batch, "tokens": tokens], seed: UInt64(batch * 100 + tokens))
      let outputs = try entry.run(inputs).mapValues { $0.withUnsafeBytes { Data($0) } }
      let before = first.updateValue(outputs, forKey: [batch, tokens])
      #expect(before == nil || before == outputs, "run \(run), batch=\(batch), tokens=\(tokens)")
      if run % max(runs / 20, 1) == 0 { resident.append(Self.residentBytes()) }
    }
    guard Self.asked != nil else { return }
    let begin = resident[resident.count / 4]
    let end = resident[resident.count - 1]
    print(
      "\(runs) runs of \(first.count) bindings: \(begin >> 20) MiB after a quarter, \(end >> 20) at the end"
    )
    #expect(end - begin < 8 << 20, "\(resident.map { $0 >> 20 }) MiB")
  }

  /// What this process has in memory; 0 where the system doesn't say.
  private static func residentBytes() -> Int {
    let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ")
    return (words?.dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
