import IR
import Tensors

/// Which block of memory each value lives in: views share their operand's, in-place results
/// overwrite one, outputs are written where the caller gets them.
struct BufferAssignment {
  /// Where a value lies, before offsets are known.
  private enum Home {
    /// A part of an input, from this byte.
    case input(Int, Int)
    /// A part of a buffer, from this byte.
    case buffer(Int, Int)
    /// A state, whole.
    case state(Int)
  }

  /// A block that several values may share.
  private struct Buffer {
    var value: ValueID
    var byteCount: Int
    /// The scheduled node that writes it first.
    var firstNode: Int
    /// The last scheduled node that reads or writes it.
    var lastNode: Int
    /// The output that it is, where it is one.
    var output: Int?
    var firstStep = Int.max
    var lastStep = -1
    /// The position among the buffers of the arena.
    var arena = -1

    /// Bytes, in multiples of the arena's alignment.
    var padded: Int { LiveInterval(byteCount: byteCount, first: 0, last: 0).byteCount }
  }

  private var homes: [Home?]
  private var buffers: [Buffer] = []
  private var views: Set<NodeID> = []
  private var writtenOutputs: Set<Int> = []
  /// Positions of the buffers that lie in the arena.
  private var inArena: [Int] = []
  private(set) var inPlaceCount = 0
  private(set) var inPlaceByteCount = 0
  private(set) var viewByteCount = 0

  init(valueCount: Int) { homes = Array(repeating: nil, count: valueCount) }

  /// Values that are a part of another's memory.
  var viewCount: Int { views.count }

  /// Whether nothing runs for `node`: its result is a part of its operand.
  func isView(_ node: Node) -> Bool { views.contains(node.id) }

  /// Whether a step writes output `i` directly.
  func isWritten(output i: Int) -> Bool { writtenOutputs.contains(i) }

  /// The value that first lives in each buffer of the arena.
  var arenaBuffers: [ValueID] { inArena.map { buffers[$0].value } }

  /// The largest sum of bytes alive in one node.
  var peak: Int {
    var change: [Int: Int] = [:]
    for buffer in buffers where buffer.output == nil {
      change[buffer.firstNode, default: 0] += buffer.padded
      change[buffer.lastNode + 1, default: 0] -= buffer.padded
    }
    var (alive, most) = (0, 0)
    for node in change.keys.sorted() {
      alive += change[node] ?? 0
      most = max(most, alive)
    }
    return most
  }

  /// Gives every value that `nodes` compute in this order a home.
  mutating func assign(_ nodes: [Node], of graph: Graph, isKnown: [Bool]) {
    for (i, input) in graph.inputs.enumerated() { homes[input.id.index] = .input(i, 0) }
    for (i, state) in graph.states.enumerated() { homes[state.value.id.index] = .state(i) }
    let lastUses = lastUses(nodes, of: graph)
    for (position, node) in nodes.enumerated() {
      if assignView(node, at: position, of: graph, isKnown: isKnown, lastUses) { continue }
      let changed = (node.op as? any Updating).map { node.operands[$0.updatedOperand] }
      for (i, result) in node.results.enumerated() {
        let last = lastUses[result.index] ?? position
        if i == 0, let changed {
          homes[result.index] = homes[changed.index]
        } else if i == 0, let shared = overwritable(node, at: position, of: graph, isKnown: isKnown)
        {
          buffers[shared].lastNode = max(buffers[shared].lastNode, last)
          homes[result.index] = .buffer(shared, 0)
          inPlaceCount += 1
          inPlaceByteCount += Cost.byteCount([graph.type(of: result)])
        } else {
          let bytes = Cost.byteCount([graph.type(of: result)])
          buffers.append(
            Buffer(value: result, byteCount: bytes, firstNode: position, lastNode: last))
          homes[result.index] = .buffer(buffers.count - 1, 0)
        }
      }
    }
    assignOutputs(graph)
    for i in buffers.indices where buffers[i].output == nil {
      buffers[i].arena = inArena.count
      inArena.append(i)
    }
  }

  /// The position of the last node that uses each value; outputs live to the end.
  private func lastUses(_ nodes: [Node], of graph: Graph) -> [Int?] {
    var last = [Int?](repeating: nil, count: graph.values.count)
    for (position, node) in nodes.enumerated() {
      for operand in node.operands { last[operand.index] = position }
    }
    for output in graph.outputs { last[output.value.index] = nodes.count }
    return last
  }

  private mutating func assignView(
    _ node: Node, at position: Int, of graph: Graph, isKnown: [Bool], _ lastUses: [Int?]
  ) -> Bool {
    guard let op = node.op as? any Viewing, node.results.count == 1,
      !isKnown[node.operands[0].index], let home = homes[node.operands[0].index]
    else { return false }
    let result = node.results[0]
    guard
      let offset = op.viewOffset(
        node.operands.map { graph.type(of: $0) }, graph.type(of: result))
    else { return false }
    let bytes = offset * graph.type(of: result).dtype.byteCount
    switch home {
    case .input(let input, let start):
      homes[result.index] = .input(input, start + bytes)
    case .buffer(let buffer, let start):
      homes[result.index] = .buffer(buffer, start + bytes)
      buffers[buffer].lastNode = max(
        buffers[buffer].lastNode, lastUses[result.index] ?? position)
    case .state: return false
    }
    views.insert(node.id)
    viewByteCount += Cost.byteCount([graph.type(of: result)])
    return true
  }

  /// The buffer of an operand that dies with `node` and that result 0 may overwrite.
  private func overwritable(
    _ node: Node, at position: Int, of graph: Graph, isKnown: [Bool]
  ) -> Int? {
    guard let op = node.op as? any InPlace else { return nil }
    for i in op.overwritableOperands where node.operands.indices.contains(i) {
      let operand = node.operands[i]
      guard !isKnown[operand.index], case .buffer(let buffer, 0)? = homes[operand.index],
        graph.type(of: operand) == graph.type(of: node.results[0]),
        buffers[buffer].lastNode == position
      else { continue }
      let readers = node.operands.count { other in
        if case .buffer(buffer, _)? = homes[other.index] { true } else { false }
      }
      // A part of a larger buffer can't be an output: it would have to be copied.
      let isWhole = buffers[buffer].byteCount == Cost.byteCount([graph.type(of: operand)])
      if readers == 1, isWhole || !graph.isOutput(node.results[0]) { return buffer }
    }
    return nil
  }

  /// Lets steps write outputs directly where a whole buffer is an output.
  private mutating func assignOutputs(_ graph: Graph) {
    for (i, output) in graph.outputs.enumerated() {
      guard case .buffer(let buffer, 0)? = homes[output.value.index],
        buffers[buffer].output == nil
      else { continue }
      let type = graph.type(of: output.value)
      let bytes = (try? Tensor.byteCount(type.dtype, type.shape.values ?? [])) ?? -1
      guard bytes == buffers[buffer].byteCount else { continue }
      buffers[buffer].output = i
      writtenOutputs.insert(i)
    }
  }

  /// Where `value` lies.
  func location(of value: ValueID, byteCount: Int) -> BufferLocation {
    switch homes[value.index] {
    case .input(let i, let offset):
      return .init(block: .input(i), byteOffset: offset, byteCount: byteCount)
    case .buffer(let buffer, let offset):
      let block: BufferLocation.Block =
        if let output = buffers[buffer].output { .output(output) } else {
          .buffer(buffers[buffer].arena)
        }
      return .init(block: block, byteOffset: offset, byteCount: byteCount)
    case .state(let i): return .init(block: .state(i), byteOffset: 0, byteCount: byteCount)
    case nil: preconditionFailure("\(value) has no home")
    }
  }

  /// Notes that `step` reads or writes `location`.
  mutating func use(_ location: BufferLocation, in step: Int) {
    guard case .buffer(let arena) = location.block else { return }
    let i = inArena[arena]
    buffers[i].firstStep = min(buffers[i].firstStep, step)
    buffers[i].lastStep = max(buffers[i].lastStep, step)
  }

  /// When each buffer of the arena is alive.
  var intervals: [LiveInterval] {
    inArena.map { i in
      let buffer = buffers[i]
      return buffer.lastStep < 0
        ? LiveInterval(byteCount: 0, first: 0, last: 0)
        : LiveInterval(
          byteCount: buffer.byteCount, first: buffer.firstStep, last: buffer.lastStep)
    }
  }
}
