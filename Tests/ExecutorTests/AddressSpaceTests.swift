import Testing

@testable import Executor

@Suite struct `The address space` {
  @Test func `leaves what the process hasn't taken`() {
    #expect(AddressSpace.left(of: 1 << 30, statm: "1000 20 3 4 0 5 0\n") <= 1 << 30 - 1000 * 4096)
    #expect(AddressSpace.left(of: 4096, statm: "1000 20 3") == 0)
    #expect(AddressSpace.left(of: 4096, statm: nil) == 4096)
    #expect(AddressSpace.left(of: 4096, statm: "no number") == 4096)
  }
}
