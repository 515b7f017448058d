import Foundation
import Testing

@testable import Weft

/// Weights that are read as they are stored until there is time to pack them.
@Suite struct `Weights that wait` {
  @Test(arguments: Reference.all, InstructionSet.available)
  func `a model answers with the same bytes before its weights are packed and after`(
    reference: Reference, set: InstructionSet
  ) throws {
    let model = try reference.model(instructions: set)
    let (entry, packed) = (try model.entry(), model.shared.packed)
    let inputs = try reference.inputs()
    let first = bytes(try entry.run(inputs))
    let waiting = packed.waitingByteCount
    #expect(waiting > 0)
    #expect(bytes(try entry.run(inputs)) == first)
    #expect(packed.waitingByteCount < waiting)
    packed.settle()
    #expect(packed.waitingByteCount == 0)
    #expect(bytes(try entry.run(inputs)) == first)
  }

  @Test(arguments: [1, 3])
  func `threads change no byte of an answer from stored weights`(threads: Int) throws {
    let reference = try Reference.named("llama")
    let (alone, together) = (
      try reference.model(threads: 1), try reference.model(threads: threads)
    )
    alone.shared.packed.settle()
    let expected = bytes(try alone.entry().run(try reference.inputs()))
    #expect(bytes(try together.entry().run(try reference.inputs())) == expected)
  }
}
