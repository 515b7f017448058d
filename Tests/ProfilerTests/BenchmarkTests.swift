import Foundation
import IR
import Testing

@testable import Profiler

@Suite struct BenchmarkTests {
  private func benchmark(_ milliseconds: [Double], peak: Double = 200) -> Benchmark {
    var benchmark = Benchmark(
      costs: [
        Cost(flops: 300_000_000, bytesRead: 30_000_000, bytesWritten: 10_000_000),
        Cost(flops: 100_000_000, bytesRead: 10_000_000, bytesWritten: 10_000_000),
      ],
      bindings: ["tokens": 128, "batch": 1], nanoseconds: milliseconds.map { Int($0 * 1e6) },
      threads: 2, peak: peak, peakResidentByteCount: 115 << 20)
    benchmark.peakGigabytesPerSecond = 40
    return benchmark
  }

  @Test func `rates follow from the median and the costs`() {
    let benchmark = benchmark([4, 1, 3, 11, 5, 6, 2, 7, 10, 8, 9].map { $0 / 3 })
    #expect(benchmark.runs == 11)
    #expect(benchmark.median == 2)
    #expect((benchmark.p10 * 3).rounded() == 2)
    #expect((benchmark.p90 * 3).rounded() == 10)
    #expect((benchmark.fastest * 3).rounded() == 1)
    #expect(benchmark.flops == 400_000_000)
    #expect(benchmark.bytes == 60_000_000)
    #expect(benchmark.gigaflopsPerSecond == 200)
    #expect(benchmark.gigabytesPerSecond == 30)
    #expect(benchmark.peakShare == 1)
  }

  @Test func `quantiles lie between their neighbours`() {
    #expect(Figures.quantile(0.1, of: [3, 1]) == 1.2)
    #expect(Figures.quantile(1, of: [3, 1]) == 3)
    #expect(Figures.quantile(0.9, of: [5]) == 5)
    #expect(Figures.quantile(0.5, of: []) == 0)
  }

  @Test func `costs beyond 64 bits don't trap`() {
    let cost = Cost(flops: .max, bytesRead: .max, bytesWritten: .max)
    let benchmark = Benchmark(
      costs: [cost, cost], bindings: [:], nanoseconds: [0], threads: 1, peak: 0,
      peakResidentByteCount: nil)
    #expect(benchmark.flops == .max && benchmark.bytes == .max)
    #expect(benchmark.gigaflopsPerSecond == 0 && benchmark.peakShare == 0)
    #expect(benchmark.text.contains("peak resident set unknown"))
  }

  @Test func `the JSON has exactly the documented keys`() throws {
    let data = Data(try benchmark([2]).json().utf8)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "bindings", "bytes", "flops", "gbytes_per_second", "gflops_per_second", "median_ms",
        "min_ms", "p10_ms", "p90_ms", "peak_gbytes_per_second", "peak_gflops_per_second",
        "peak_resident_bytes", "peak_share", "runs", "threads",
      ])
    #expect(object["peak_share"] as? Double == 1)
    #expect(try JSONDecoder().decode(Benchmark.self, from: data) == benchmark([2]))
  }

  @Test func `the text says the same`() {
    #expect(
      benchmark([2, 2, 2]).text == """
        runs     3, 2 threads, batch=1,tokens=128
        time     2.000 ms (p10 2.000, p90 2.000, fastest 2.000)
        speed    200 GFLOP/s, 100.0 % of the 200 that f32 multiply-adds reach here
        traffic  30.0 GB/s: 57.2 MiB read and written by the steps of a run; \
        as much memory is read at 40.0 here
        memory   peak resident set 115 MiB
        """)
  }

  @Test func `a process tells the most memory that it had`() throws {
    let size = 64 << 20
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
    defer { block.deallocate() }
    block.initializeMemory(as: UInt8.self, repeating: 1, count: size)
    #if os(Linux)
      #expect(try #require(PeakResident.byteCount) >= size)
    #endif
    let status = "Name:\tweft\nVmPeak:\t  9 kB\nVmHWM:\t   2048 kB\n"
    #expect(PeakResident.byteCount(inStatus: status) == 2 << 20)
    for wrong in ["", "VmHWM:", "VmHWM: x kB", "VmHWM: 5 MB", "VmHWM: 99999999999999999999 kB"] {
      #expect(PeakResident.byteCount(inStatus: wrong) == nil, "\(wrong)")
    }
  }
}
