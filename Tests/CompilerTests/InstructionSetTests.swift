import Testing

@testable import Compiler

@Suite struct `Instruction sets` {
  @Test func `each that the machine has is given its kernels`() throws {
    #expect(InstructionSet.available.contains(.portable))
    for set in InstructionSet.available {
      #expect(try InstructionSet.table(choice: set.rawValue).name == set.rawValue)
    }
  }

  @Test(arguments: [nil, ""])
  func `no choice gives the best`(choice: String?) throws {
    let name = try InstructionSet.table(choice: choice).name
    #expect(
      InstructionSet.available.last { $0 != .neon || InstructionSet.available.last == .neon }?
        .rawValue == name)
  }

  @Test func `one that the machine lacks is an error that lists what it has`() {
    for set in InstructionSet.allCases where !InstructionSet.available.contains(set) {
      #expect(throws: InstructionSetError.unavailable(set, available: InstructionSet.available)) {
        try InstructionSet.table(choice: set.rawValue)
      }
    }
    let error = #expect(throws: InstructionSetError.self) {
      try InstructionSet.table(choice: "sse9")
    }
    #expect(
      error?.description.hasPrefix("WEFT_ISA=sse9: there is no such instruction set") ?? false)
  }
}
