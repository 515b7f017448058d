import CPlugin
import Compiler
import Executor
import IR
import Tensors

/// A kernel of a plugin: its C function with everything that was decided when the plan was made.
struct ForeignKernel: Kernel {
  let name: String
  let tiles: Int
  let scratchByteCount: Int
  private let call: ForeignCall
  private let function: @convention(c) (UnsafePointer<weft_run>?) -> Void
  /// For each declared operand, its place among the buffers; below 0 where it was left out.
  private let places: [Int]
  private let operandCount: Int
  private let resultCount: Int
  private let fault: String

  /// The kernel that the plugin chooses for `request`, looked through.
  init(
    _ definition: ForeignDefinition, _ attributes: Attributes, _ request: KernelRequest
  ) throws(KernelError) {
    let (op, present) = (definition.signature.name, definition.present(attributes))
    let call = ForeignCall(
      definition, attributes, present: present, request.operands, results: request.results)
    guard let choose = definition.op.kernel else {
      throw .unsupported(op: op, operands: request.operands)
    }
    do {
      try definition.run("kernel", call, present) { call.kernel(choose) }
    } catch {
      throw .refused(op: op, reason: "\(error)")
    }
    let given = call.kernel.pointee
    func wrong(_ what: String) -> KernelError {
      .refused(op: op, reason: "\(definition.wrong("kernel", what))")
    }
    guard let function = given.run else { throw wrong("gave no function") }
    guard (1..<ForeignDefinition.tileLimit).contains(given.tiles) else {
      throw wrong("gave \(given.tiles) tiles, where 1 to 2^24 - 1 may be")
    }
    guard (0...ForeignDefinition.scratchLimit).contains(given.scratch) else {
      throw wrong("asked for \(given.scratch) bytes of scratch, where 0 to 2^30 may be")
    }
    self.call = call
    self.function = function
    tiles = Int(given.tiles)
    scratchByteCount = Int(given.scratch)
    var next = -1
    places = present.map { isPresent in
      guard isPresent else { return -1 }
      next += 1
      return next
    }
    operandCount = request.operands.count
    resultCount = request.results.count
    fault = definition.fault
    let variant = given.name.flatMap { TableReader.text($0, limit: 64) } ?? definition.plugin
    name = "\(request.results[0].dtype)-\(op)-\(variant)"
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    var fault: Int64 = -1
    withUnsafeMutablePointer(to: &fault) { fault in
      var run = weft_run()
      run.size = UInt32(MemoryLayout<weft_run>.size)
      run.call = UnsafePointer(call.call)
      run.parameters = call.parameters
      run.first_tile = Int64(tiles.lowerBound)
      run.end_tile = Int64(tiles.upperBound)
      run.scratch = scratchByteCount == 0 ? nil : io.scratch
      run.fault = fault
      withUnsafeMutableBytes(of: &run.operands) { bytes in
        let operands = bytes.bindMemory(to: UnsafeRawPointer?.self)
        for (i, place) in places.enumerated() where place >= 0 {
          operands[i] = UnsafeRawPointer(io[place])
        }
      }
      withUnsafeMutableBytes(of: &run.results) { bytes in
        let results = bytes.bindMemory(to: UnsafeMutableRawPointer?.self)
        for i in 0..<resultCount { results[i] = io[operandCount + i] }
      }
      function(&run)
    }
    if fault >= 0 { io.report(fault: Int(fault)) }
  }

  func describe(fault position: Int, io: KernelIO) -> String { "\(fault), at \(position)" }
}
