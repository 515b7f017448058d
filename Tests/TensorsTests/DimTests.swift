import Testing

@testable import Tensors

@Suite struct DimTests {
  let a = Dim(symbol: "a")
  let b = Dim(symbol: "b")

  @Test func `equal polynomials are equal however they were made`() throws {
    let left = try a.adding(b).multiplied(by: a.subtracting(b))
    let right = try a.multiplied(by: a).subtracting(b.multiplied(by: b))
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    #expect(try a.adding(b) == b.adding(a))
    #expect(try a.multiplied(by: b) == b.multiplied(by: a))
    #expect(try a.subtracting(a) == 0)
    #expect(try a.multiplied(by: 0) == 0)
    #expect(try a.subtracting(a).value == 0)
  }

  @Test func `an extent is printed by falling degree`() throws {
    let square = try a.multiplied(by: a)
    let sum = try Dim(1).adding(b.multiplied(by: -4)).adding(square).adding(a.multiplied(by: b))
    #expect(sum.description == "a*a + a*b - 4*b + 1")
    #expect(Dim(0).description == "0")
    #expect(try a.multiplied(by: -1).subtracting(2).description == "-a - 2")
    #expect(Dim(.min).description == "-9223372036854775808")
  }

  @Test func `a linear extent is solved for its symbol`() throws {
    func solution(_ dim: Dim, _ extent: Int) -> String {
      dim.solved(for: extent).map { "\($0.symbol) = \($0.value.map(String.init) ?? "none")" } ?? "-"
    }
    let odd = try a.multiplied(by: 2).adding(1)
    #expect(solution(a, 7) == "a = 7")
    #expect(try solution(a.adding(1), 7) == "a = 6")
    #expect(try solution(a.adding(1), 0) == "a = none")
    #expect(solution(odd, 7) == "a = 3")
    #expect(solution(odd, 8) == "a = none")
    #expect(try solution(a.multiplied(by: -1), .min) == "a = none")
    #expect(try solution(a.adding(Dim(.min)), .max) == "a = none")
    #expect(try solution(a.adding(b), 7) == "-")
    #expect(try solution(a.multiplied(by: a), 9) == "-")
    #expect(try solution(a.multiplied(by: b).adding(1), 9) == "-")
    #expect(solution(7, 7) == "-")
  }

  @Test func `value and symbol say what is known`() throws {
    #expect(Dim(7).value == 7)
    #expect(a.value == nil)
    #expect(a.symbol == "a")
    #expect(try a.multiplied(by: 2).symbol == nil)
    #expect(Dim(7).symbol == nil)
    #expect(try b.multiplied(by: a).adding(b).symbols == ["a", "b"])
  }

  @Test func `division is exact or an error`() throws {
    let product = try a.multiplied(by: b).multiplied(by: 12).adding(a.multiplied(by: 6))
    #expect(
      try product.divided(exactlyBy: a.multiplied(by: 3)) == b.multiplied(by: 4).adding(2))
    #expect(try product.divided(exactlyBy: product) == 1)
    #expect(try Dim(0).divided(exactlyBy: a) == 0)
    #expect(try Dim(-6).divided(exactlyBy: 3) == -2)
    #expect(throws: DimError.divisionByZero(a)) { try a.divided(exactlyBy: 0) }
    #expect(throws: DimError.inexactDivision(7, 2)) { try Dim(7).divided(exactlyBy: 2) }
    #expect(throws: DimError.inexactDivision(a, 2)) { try a.divided(exactlyBy: 2) }
    #expect(throws: DimError.inexactDivision(product, b)) { try product.divided(exactlyBy: b) }
    let sum = try a.adding(b)
    #expect(throws: DimError.inexactDivision(a, sum)) { try a.divided(exactlyBy: sum) }
  }

  @Test func `what doesn't fit is an error`() throws {
    #expect(throws: DimError.overflow) { try Dim(.max).adding(1) }
    #expect(throws: DimError.overflow) { try Dim(.min).subtracting(1) }
    #expect(throws: DimError.overflow) { try a.multiplied(by: Dim(.max)).adding(a) }
    #expect(throws: DimError.overflow) { try Dim(.max).multiplied(by: 2) }
    #expect(throws: DimError.overflow) { try a.multiplied(by: Dim(.min)).multiplied(by: -1) }
    #expect(throws: DimError.self) { try Dim(.min).divided(exactlyBy: -1) }
    #expect(throws: DimError.overflow) { try a.multiplied(by: a).bound(by: ["a": 1 << 40]) }
    #expect(throws: DimError.unbound("b")) { try a.multiplied(by: b).bound(by: ["a": 1]) }
  }

  @Test(arguments: [(2, 3), (-5, 7), (0, 4), (1000, -1)])
  func `binding commutes with arithmetic`(x: Int, y: Int) throws {
    let bindings: Bindings = ["a": x, "b": y]
    let dim = try a.multiplied(by: 4).adding(1).multiplied(by: b).subtracting(a)
    let value = (4 * x + 1) * y - x
    #expect(try dim.bound(by: bindings) == value)
    #expect(try dim.substituting(bindings) == Dim(value))
    #expect(try dim.substituting(["a": x]).bound(by: ["b": y]) == value)
    #expect(try dim.substituting(["c": 1]) == dim)
  }

  @Test func `shapes broadcast from the right`() {
    #expect(Shape([a, 1, 8]).broadcast(with: [b, 8]) == [a, b, 8])
    #expect(Shape([a]).broadcast(with: [b]) == nil)
    #expect(Shape([3]).broadcast(with: [2]) == nil)
    #expect(Shape([Int]()).broadcast(with: [a, 2]) == [a, 2])
    #expect(Shape([1]).broadcast(with: [0]) == [0])
  }

  @Test func `a polynomial can't be blown up`() throws {
    var dim = try Dim(symbol: "a").adding(Dim(symbol: "b"))
    #expect(throws: DimError.tooComplex) {
      for _ in 0..<40 { dim = try dim.multiplied(by: dim) }
    }
    var power = Dim(symbol: "a")
    #expect(throws: DimError.tooComplex) {
      for _ in 0..<40 { power = try power.multiplied(by: power) }
    }
  }
}
