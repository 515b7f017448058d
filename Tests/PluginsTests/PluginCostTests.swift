import Foundation
import Testing
import Weft

@testable import Plugins

/// What a plugin's op costs beside Weft's own, which runs the same machine code: rms_norm and relu behind both
/// doors.
///
/// The bytes must be equal. Times are printed where `WEFT_PLUGIN_COST` is set: pairs of runs in turn, in
/// one process, of a chain that does nothing else. They are no test.
@Suite(.serialized) struct PluginCostTests {
  static let registry = Result {
    let kernels = PluginCompiler.root.appending(path: "Sources/CKernels/include").path
    let path = try PluginCompiler.library(
      "Benchmarks/plugins/rms_norm.c", ["-std=gnu11", "-O2", "-w", "-I" + kernels])
    let plugin = try PluginLibrary.open(path)
    let place = try #require(dlsym(dlopen(path, RTLD_NOW), "host_kernels"))
    place.storeBytes(of: try InstructionSet.table().functions, as: UnsafeRawPointer.self)
    return try Registry([StandardPlugin(), plugin])
  }

  private func entry(_ call: String, width: Int, times: Int) throws -> Entry {
    let registry = try Self.registry.get()
    let text = """
      model M {
        input x: f32[rows, \(width)]

        param weight: f32[\(width)]
        var y = x
        for i in 0 ..< \(times) { y = \(call) }
        output z = y
      }
      """
    let (model, diagnostics) = GraphLanguage.elaborate(
      text, name: "m.weft", ElaborationOptions(ops: registry.ops))
    guard let model else { throw GraphFileError(diagnostics: diagnostics) }
    return try Model(model, weights: .random(seed: 1), registry: registry).entry()
  }

  @Test func `an op of a plugin gives the bytes of the same code in Weft`() throws {
    for (rows, width) in [(1, 1), (3, 17), (300, 384)] {
      let own = try entry("rms_norm(y, weight)", width: width, times: 2)
      let plugin = try entry("plugin_rms_norm(y, weight)", width: width, times: 2)
      let inputs = try own.randomInputs(bindings: ["rows": rows], seed: 1)
      #expect(try own.run(inputs)["z"]?.doubles == plugin.run(inputs)["z"]?.doubles)
      let steps = try plugin.plan(for: ["rows": rows]).plan.steps
      let others = try own.plan(for: ["rows": rows]).plan.steps
      #expect(steps.map(\.kernel.tiles) == others.map(\.kernel.tiles))
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["WEFT_PLUGIN_COST"] != nil))
  func `times`() throws {
    let pairs = [
      ("rms_norm(y, weight)", "plugin_rms_norm(y, weight)"),
      ("relu(y + 1.0)", "plugin_relu(y + 1.0)"),
    ]
    for (a, b) in pairs {
      for (rows, width) in [(1, 64), (16, 384), (128, 384), (1024, 768)] {
        let own = try entry(a, width: width, times: 64)
        let plugin = try entry(b, width: width, times: 64)
        let inputs = try own.randomInputs(bindings: ["rows": rows], seed: 1)
        var repetitions = 1
        func time(_ entry: Entry) throws -> Double {
          let start = ContinuousClock.now
          for _ in 0..<repetitions { _ = try entry.run(inputs) }
          return (ContinuousClock.now - start) / .microseconds(1) / Double(repetitions)
        }
        // A measurement takes about 6 ms.
        for _ in 0..<3 { repetitions = max(1, Int(6000 / (try time(own) + time(plugin)) * 2)) }
        var times: [(own: Double, plugin: Double)] = []
        for i in 0..<41 {
          if i % 2 == 0 {
            let t = try time(own)
            times.append((t, try time(plugin)))
          } else {
            let t = try time(plugin)
            times.append((try time(own), t))
          }
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        print(
          "\(b) \(rows)×\(width): own \(median(times.map(\.own))) µs, plugin "
            + "\(median(times.map(\.plugin))) µs, ratio \(median(times.map { $0.plugin / $0.own }))"
        )
      }
    }
  }
}
