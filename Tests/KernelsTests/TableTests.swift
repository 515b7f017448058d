import CKernels
import Testing

@Suite struct TableTests {
  @Test func `the best table is one that this machine can run`() {
    let best = weft_kernels_best()
    #expect(weft_kernels_for(best.pointee.isa) == best)
    #expect(Kernels.available.map(\.table).contains(best))
  }

  @Test func `the portable table is always there, and an unknown one never`() {
    #expect(weft_kernels_for(WEFT_ISA_PORTABLE) != nil)
    #expect(weft_kernels_for(weft_isa(rawValue: 99)) == nil)
    #if arch(x86_64)
      #expect(weft_kernels_for(WEFT_ISA_NEON) == nil)
    #endif
  }

  @Test(arguments: Kernels.available)
  func `the probes count what they do`(kernels: Kernels) {
    let table = kernels.table.pointee
    #expect(table.peak_fma(10) == Double(20 * table.gemm_mr * table.gemm_nr))
    for count in [0, 1, 15, 128, 1001] {
      let ones = GuardedBuffer([Float](repeating: 1, count: count), edge: .end)
      #expect(table.peak_read(ones.pointer, count) == Float(count))
    }
  }
}
