import Compiler
import Executor
import IR
import Tensors

/// x op y, written over x where x dies.
struct Combine: Op, Evaluable, InPlace, KernelProviding, Costed {
  static let signature = OpSignature(
    "test_combine", "A sum.", operands: [.required("x"), .required("y")])

  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }

  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    guard operands.count == 2 else {
      throw .operandCount(expected: "2 operands", found: operands.count)
    }
    guard operands[0].shape == operands[1].shape else { throw .broadcast(0, 1) }
    return [operands[0]]
  }

  var overwritableOperands: [Int] { [0, 1] }

  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let sums = zip(operands[0].floats, operands[1].floats).map { $0 + $1 }
    return [try Tensor(dims: operands[0].dims, floats: sums)]
  }

  func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    results[0].shape.values?.reduce(1, *) ?? 0
  }

  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let count = request.dims(ofResult: 0).reduce(1, *)
    return KernelBinding(
      TestKernel(count: count, operands: 2) { io, i in io.f(0)[i] + io.f(1)[i] }, operands: [0, 1])
  }
}

/// 2 x + 1, never in place.
struct Twice: Op, Evaluable, KernelProviding {
  static let signature = OpSignature("test_twice", "2x + 1.", operands: [.required("x")])

  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }

  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { [operands[0]] }

  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    [try Tensor(dims: operands[0].dims, floats: operands[0].floats.map { 2 * $0 + 1 })]
  }

  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let count = request.dims(ofResult: 0).reduce(1, *)
    return KernelBinding(TestKernel(count: count) { io, i in 2 * io.f(0)[i] + 1 }, operands: [0])
  }
}

/// Rows `start ..< start + count` of x: a view.
struct Rows: Op, Viewing {
  static let signature = OpSignature(
    "test_rows", "Some rows.", operands: [.required("x")],
    attributes: [.init("start", .int), .init("count", .int)])
  let start: Int
  let count: Int

  init(_ start: Int, _ count: Int) { (self.start, self.count) = (start, count) }
  init(_ attributes: Attributes) throws(OpError) {
    start = try attributes.int("start")
    count = try attributes.int("count")
  }
  var attributes: Attributes { ["start": .int(start), "count": .int(count)] }

  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    var shape = operands[0].shape
    if let rows = shape.dims[0].value, start + count > rows {
      throw .attributeRange("start", rule: "rows \(start) ..< \(start + count) of \(rows)")
    }
    shape.dims[0] = Dim(count)
    return [TensorType(operands[0].dtype, shape)]
  }

  func viewOffset(_ operands: [TensorType], _ result: TensorType) -> Int? {
    start * (operands[0].shape.values ?? []).dropFirst().reduce(1, *)
  }
}

/// An op with neither kernel nor reference.
struct Opaque: Op {
  static let signature = OpSignature("test_opaque", "Nothing.", operands: [.required("x")])
  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { [operands[0]] }
}

struct TestKernel: Kernel {
  var count: Int
  var function: @Sendable (KernelIO, Int) -> Float
  var resultPosition: Int
  var name: String { "test" }
  var tiles: Int { max(1, (count + 7) / 8) }

  init(count: Int, operands: Int = 1, _ function: @escaping @Sendable (KernelIO, Int) -> Float) {
    self.count = count
    self.function = function
    resultPosition = operands
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    for i in tiles.lowerBound * 8..<min(tiles.upperBound * 8, count) {
      io.f(resultPosition)[i] = function(io, i)
    }
  }
}

extension KernelIO {
  func f(_ i: Int) -> UnsafeMutablePointer<Float> { self[i].assumingMemoryBound(to: Float.self) }
}

/// Weights by name, counting how often each is asked for.
struct TestWeights: WeightSource {
  var tensors: [String: Tensor] = [:]
  let asked = Counter()

  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    asked.add()
    guard let tensor = tensors[parameter.name] else { throw Missing() }
    return .dense(tensor)
  }

  struct Missing: Error, CustomStringConvertible { var description: String { "not there" } }
}
