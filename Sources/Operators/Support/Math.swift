#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// The C library's functions of Double, for references.
enum Math {
  /// eˣ.
  static func exp(_ x: Double) -> Double { cExp(x) }
  /// ln x.
  static func log(_ x: Double) -> Double { cLog(x) }
  /// xʸ.
  static func pow(_ x: Double, _ y: Double) -> Double { cPow(x, y) }
  /// The sine.
  static func sin(_ x: Double) -> Double { cSin(x) }
  /// The cosine.
  static func cos(_ x: Double) -> Double { cCos(x) }
  /// The hyperbolic tangent.
  static func tanh(_ x: Double) -> Double { cTanh(x) }
  /// The error function.
  static func erf(_ x: Double) -> Double { cErf(x) }
}

// Inside `Math` the C functions' names would mean its own.
private func cExp(_ x: Double) -> Double { exp(x) }
private func cLog(_ x: Double) -> Double { log(x) }
private func cPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
private func cSin(_ x: Double) -> Double { sin(x) }
private func cCos(_ x: Double) -> Double { cos(x) }
private func cTanh(_ x: Double) -> Double { tanh(x) }
private func cErf(_ x: Double) -> Double { erf(x) }
