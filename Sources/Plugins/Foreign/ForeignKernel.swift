import CPlugin
import Compiler
import Executor
import IR
import Tensors

/// A kernel of a plugin: its C function with everything that was decided when the plan was made.
///
/// `@unchecked Sendable`: what the pointer shows is written by `init` and read only after that.
struct ForeignKernel: Kernel, @unchecked Sendable {
  let name: String
  let tiles: Int
  let scratchByteCount: Int
  /// What the kernel's C side reads; `call` keeps it alive.
  private let kernel: UnsafePointer<weft_plugin_kernel>
  private let call: ForeignCall
  private let fault: String

  /// The kernel that the plugin chooses for `request`, looked through.
  init(
    _ definition: ForeignDefinition, _ attributes: Attributes, _ request: KernelRequest
  ) throws(KernelError) {
    let op = definition.signature.name
    let present = definition.present(attributes, count: request.operands.count)
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
    kernel = call.ready(function, present, hasScratch: given.scratch > 0)
    tiles = Int(given.tiles)
    scratchByteCount = Int(given.scratch)
    fault = definition.fault
    let variant = given.name.flatMap { TableReader.text($0, limit: 64) } ?? definition.plugin
    name = "\(request.results[0].dtype)-\(op)-\(variant)"
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    let fault = weft_plugin_run(
      kernel, UnsafeRawPointer(io.pointers).assumingMemoryBound(to: UnsafeMutableRawPointer?.self),
      io.scratch, Int64(tiles.lowerBound), Int64(tiles.upperBound))
    if fault >= 0 { io.report(fault: Int(fault)) }
  }

  func describe(fault position: Int, io: KernelIO) -> String { "\(fault), at \(position)" }
}
