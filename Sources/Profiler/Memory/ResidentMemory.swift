import Compiler
import Executor
import IR
import Tensors

/// What a process that runs a plan has resident at its peak, foretold before anything runs; in bytes.
///
/// As JSON it has exactly the properties below.
public struct ResidentMemory: Codable, Hashable, Sendable {
  /// The program, its libraries, the graph and the plan, measured in this process, which has done all
  /// that a run does until weights are read; nil where the system doesn't tell.
  public var process: Int?
  /// Weights in the form in which they were made, which stay in memory; those of a checkpoint don't.
  public var storedWeights: Int
  /// Pages of the checkpoint that a run reads where they are: vectors, rows of tables.
  public var mappedWeights: Int
  /// Weights in layouts of their own.
  public var packedWeights: Int
  /// The block that holds all intermediate values.
  public var arena: Int
  /// What the kernels of all workers need besides.
  public var scratch: Int
  /// The inputs of a run.
  public var inputs: Int
  /// The outputs of a run.
  public var outputs: Int
  /// What a model keeps from run to run.
  public var state: Int
  /// The most while weights are packed: the original of one stands beside its copy.
  public var whilePacking: Int
  /// What is resident while the model runs.
  public var whileRunning: Int

  /// The most that is resident at any time.
  public var peak: Int { max(whilePacking, whileRunning) }

  /// From its parts.
  init(
    process: Int?, storedWeights: Int, mappedWeights: Int, packedWeights: Int, arena: Int,
    scratch: Int, inputs: Int, outputs: Int, state: Int, whilePacking: Int, whileRunning: Int
  ) {
    self.process = process
    self.storedWeights = storedWeights
    self.mappedWeights = mappedWeights
    self.packedWeights = packedWeights
    self.arena = arena
    self.scratch = scratch
    self.inputs = inputs
    self.outputs = outputs
    self.state = state
    self.whilePacking = whilePacking
    self.whileRunning = whileRunning
  }

  /// What a run of `planned` by `threads` threads takes.
  ///
  /// - Parameters:
  ///   - packed: what the plan's kernels read, promised and not written.
  ///   - storedByteCount: bytes of weights that no file holds.
  ///   - process: what is resident already.
  public init(
    of planned: PlannedGraph, packed: PackedWeights, threads: Int, storedByteCount: Int,
    process: Int?
  ) {
    let plan = planned.plan
    self.process = process
    storedWeights = storedByteCount
    packedWeights = packed.promises.reduce(0) { $0 + $1.byteCount }
    arena = plan.arenaByteCount
    scratch = plan.scratchByteCount(threads: threads)
    inputs = Self.byteCount(plan.inputs)
    outputs = Self.byteCount(plan.outputs)
    state = plan.states.reduce(0) { $0 + $1.byteCount }
    var files = MappedFiles()
    let packingPeak = files.pack(packed.promises)
    for (tensor, rows) in zip(plan.constants, planned.constantReads) { files.read(tensor, rows) }
    mappedWeights = files.byteCount
    let always = (process ?? 0) + storedWeights + inputs + state
    whilePacking = always + packingPeak
    whileRunning = always + mappedWeights + packedWeights + arena + scratch + outputs
  }

  private static func byteCount(_ ports: [Port]) -> Int {
    ports.reduce(0) { sum, port in
      let bytes = (try? Tensor.byteCount(port.dtype, port.dims)) ?? 0
      let (total, overflow) = sum.addingReportingOverflow(bytes)
      return overflow ? .max / 4 : total
    }
  }
}

/// The mapped files of a checkpoint.
private struct MappedFiles {
  private var files: [ObjectIdentifier: FilePages] = [:]

  var byteCount: Int { files.values.reduce(0) { $0 + $1.byteCount } }

  /// Packs weights one after the other; the most that files and packed weights take meanwhile.
  mutating func pack(_ promises: [PackedWeights.Promise]) -> Int {
    var (written, most) = (0, 0)
    for promise in promises {
      // As if it read its sources from begin to end: what is stored as [outputs, inputs] is read so.
      let parts = promise.parts
      for part in 0..<parts {
        let sources = promise.sources.map { $0.part(part, of: parts) }
        for source in sources { change(source.storage) { $0.read(source) } }
        written += promise.byteCount / parts
        most = max(most, written + byteCount)
        for source in sources { change(source.storage) { $0.drop(source) } }
      }
      written += promise.byteCount % parts
    }
    return most
  }

  mutating func read(_ tensor: Tensor, _ rows: RowsRead) {
    change(tensor.storage) { $0.read(tensor, rows) }
  }

  private mutating func change(_ storage: Storage, _ body: (inout FilePages) -> Void) {
    guard storage.isReloadable else { return }
    body(&files[ObjectIdentifier(storage), default: FilePages(of: storage)])
  }
}
