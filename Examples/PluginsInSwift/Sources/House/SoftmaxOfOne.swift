import WeftPlugin

/// A kernel for an op that Weft has: a softmax over one element is 1, and nothing need be read.
struct SoftmaxOfOne: KernelOffer {
  let name = "softmax-of-one"
  let op = "softmax"

  func makeKernel(for op: any Op, _ request: KernelRequest) throws(KernelError) -> KernelBinding? {
    guard let softmax = op as? Softmax, request.operands[0].dtype == .f32 else { return nil }
    let dims = request.dims(ofOperand: 0)
    guard dims[softmax.axis < 0 ? softmax.axis + dims.count : softmax.axis] == 1 else { return nil }
    let rows = RowTiles(rows: dims.reduce(1, *), bytesPerRow: 4)
    return KernelBinding(OnesKernel(elements: rows), operands: [])
  }
}

/// Writes ones.
struct OnesKernel: Kernel {
  let elements: RowTiles

  var name: String { "f32-ones" }
  var tiles: Int { elements.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    let y = io[0].assumingMemoryBound(to: Float.self)
    for i in elements.rows(tiles) { y[i] = 1 }
  }
}
