extension QuantizedModel {
  /// What quantization did, on `samples`: each layer on its own, given what the f32 model gives it, and
  /// the outputs of the model as a whole.
  public func measure(
    on samples: QuantizationSamples, entry name: String? = nil,
    cancellation: Cancellation? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> QuantizationReport {
    guard let scheme else {
      throw QuantizationError.nothingToQuantize(model: model.definition.name)
    }
    let (exact, rounded) = (try original.entry(name), try model.entry(name))
    let compiled = try exact.compiled().graph
    let probe = try LayerProbe(compiled, reading: Set(quantized + products))
    let whole = try original.planner(of: probe.whole)
    let layers = (try original.planner(of: probe.layers), try model.planner(of: probe.layers))
    var errors: [String: LayerError] = [:]
    var cosines = exact.graph.outputs.map { _ in [Double]() }
    for (i, inputs) in samples.runs.enumerated() {
      let (bindings, ordered) = try InputBinding.bind(inputs, to: exact.graph)
      let expected = try exact.run(
        whole.plan(for: bindings), ordered, cancellation: cancellation)
      let seen = Array(expected[exact.graph.outputs.count...])
      let known = bindings.only(probe.layers.symbols)
      let y = try exact.run(layers.0.plan(for: known), seen, cancellation: cancellation)
      let z = try rounded.run(layers.1.plan(for: known), seen, cancellation: cancellation)
      for (weight, (y, z)) in zip(probe.weights, zip(y, z)) {
        errors[weight, default: LayerError()].add(y.floats, z.floats)
      }
      let found = try rounded.run(
        rounded.plan(for: bindings), ordered, cancellation: cancellation)
      for (o, (y, z)) in zip(expected, found).enumerated() where y.dtype.isFloatingPoint {
        cosines[o] += Cosine.rows(y, z)
      }
      progress(i + 1)
    }
    return QuantizationReport(
      scheme: scheme, samples: samples.description,
      layers: rows(errors, exact.graph.linesReadingWeights, compiled.linesOfProducts),
      outputs: outputs(cosines, exact.graph),
      quantized: quantized, products: products, kept: kept,
      bytesBefore: originalByteCount, bytesAfter: weights.byteCount)
  }

  /// The errors with the lines of the layers, worst first; NaN is worse than any number.
  private func rows(
    _ errors: [String: LayerError], _ weights: [String: String], _ products: [String: String]
  ) -> [QuantizationReport.Layer] {
    let layers = errors.map { weight, error in
      QuantizationReport.Layer(
        weight: weight, line: weights[weight] ?? products[weight], relativeError: error.relative,
        worstError: error.worst)
    }
    return layers.sorted { a, b in
      if a.relativeError.isNaN != b.relativeError.isNaN { return a.relativeError.isNaN }
      if a.relativeError > b.relativeError { return true }
      return !(a.relativeError < b.relativeError) && a.weight < b.weight
    }
  }

  private func outputs(
    _ cosines: [[Double]], _ graph: Graph
  ) -> [QuantizationReport.Output] {
    zip(graph.outputs, cosines).compactMap { output, cosines in
      guard !cosines.isEmpty else { return nil }
      let mean = cosines.reduce(0, +) / Double(cosines.count)
      // min() would pass a NaN by.
      let lowest = cosines.contains(where: \.isNaN) ? .nan : cosines.min() ?? .nan
      return .init(name: output.name, lowestCosine: lowest, meanCosine: mean)
    }
  }
}

/// How far a layer's results are from those in f32.
private struct LayerError {
  private var difference = 0.0
  private var reference = 0.0
  private(set) var worst = 0.0

  var relative: Double {
    difference == 0 ? 0 : (difference / reference).squareRoot()
  }

  mutating func add(_ expected: [Float], _ found: [Float]) {
    for (y, z) in zip(expected, found) {
      let error = Double(z) - Double(y)
      difference += error * error
      reference += Double(y) * Double(y)
      if error.isNaN || worst.isNaN {
        worst = .nan
      } else {
        worst = max(worst, error.magnitude)
      }
    }
  }
}

/// Cosines of the angles between vectors.
enum Cosine {
  /// One for each position of the first axis; one in all for vectors and scalars.
  static func rows(_ a: Tensor, _ b: Tensor) -> [Double] {
    let rows = a.dims.count > 1 ? a.dims[0] : 1
    guard rows > 0, a.count > 0 else { return [] }
    let (x, y, width) = (a.floats, b.floats, a.count / rows)
    return (0..<rows).map { row in
      let range = row * width..<(row + 1) * width
      return of(x[range], y[range])
    }
  }

  /// The cosine of two vectors; 1 where both are zero.
  static func of(_ x: ArraySlice<Float>, _ y: ArraySlice<Float>) -> Double {
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(x, y) {
      xy += Double(x) * Double(y)
      xx += Double(x) * Double(x)
      yy += Double(y) * Double(y)
    }
    return xx == 0 && yy == 0 ? 1 : xy / (xx * yy).squareRoot()
  }
}

extension Model {
  /// A planner of `graph`, which the passes were at, with this model's weights and rounded products.
  fileprivate func planner(of graph: Graph) throws -> GraphPlanner {
    GraphPlanner(
      try PassManager(Model.rounding(shared.weights)).compile(graph), weights: shared.weights,
      table: shared.table,
      packed: shared.packed, offers: shared.offers)
  }
}

extension Bindings {
  /// The values of these symbols alone.
  fileprivate func only(_ wanted: [String]) -> Bindings {
    var result = Bindings()
    for symbol in wanted { result[symbol] = self[symbol] }
    return result
  }
}

extension Graph {
  /// For the products of each attention, its line. The passes were at the graph: an attention that is
  /// written out is none before.
  fileprivate var linesOfProducts: [String: String] {
    var lines: [String: String] = [:]
    for node in nodes {
      guard let name = RoundProducts.name(of: node), lines[name] == nil else { continue }
      lines[name] = node.origin.location?.lineText
    }
    return lines
  }

  /// For each weight, the line that calls the layer which reads it first.
  fileprivate var linesReadingWeights: [String: String] {
    var lines: [String: String] = [:]
    for (value, parameter) in parameters {
      var open = [value.id]
      while let next = open.popLast(), lines[parameter.name] == nil {
        for user in users[next.index] {
          let node = self[user]
          guard let site = node.origin.sites.first else { continue }
          if node.op is any Int8Preserving {
            open += node.results
          } else {
            lines[parameter.name] = (site.calls.last ?? site.location)?.lineText
          }
        }
      }
    }
    return lines
  }
}
