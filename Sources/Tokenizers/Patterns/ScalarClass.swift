/// A set of characters, as `[^\s\p{L}]` writes one.
struct ScalarClass: Sendable {
  /// One of the things whose union the set is.
  enum Part: Sendable {
    case range(ClosedRange<UInt32>)
    /// Characters of these general categories, a bit for each.
    case categories(UInt32)
    /// White space by Unicode's property.
    case space
    /// Characters of words.
    case word
    case nested(ScalarClass)

    func contains(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .range(let range): range.contains(scalar.value)
      case .categories(let bits): bits >> scalar.properties.generalCategory.position & 1 != 0
      case .space: scalar.isSpace
      case .word: scalar.isWordCharacter
      case .nested(let set): set.contains(scalar)
      }
    }
  }

  private var parts: [Part]
  private var isNegated: Bool
  /// Which of the first 128 characters are in the set.
  private var ascii: (low: UInt64, high: UInt64) = (0, 0)

  /// The union of `parts`, or what is in none of them.
  init(_ parts: [Part], negated: Bool = false) {
    self.parts = parts
    isNegated = negated
    for value in 0..<UInt8(64) {
      if holds(Unicode.Scalar(value)) { ascii.low |= 1 << UInt64(value) }
      if holds(Unicode.Scalar(value + 64)) { ascii.high |= 1 << UInt64(value) }
    }
  }

  /// The set of one character.
  init(_ scalar: Unicode.Scalar) { self.init([.range(scalar.value...scalar.value)]) }

  private func holds(_ scalar: Unicode.Scalar) -> Bool {
    parts.contains { $0.contains(scalar) } != isNegated
  }

  /// Whether the character is in the set.
  @inline(__always)
  func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = UInt64(scalar.value)
    if value < 64 { return ascii.low >> value & 1 != 0 }
    if value < 128 { return ascii.high >> (value - 64) & 1 != 0 }
    return holds(scalar)
  }

  /// What is in this set or in another.
  func union(_ other: ScalarClass) -> ScalarClass {
    ScalarClass([.nested(self), .nested(other)])
  }

  /// A letter and the letters that differ from it in case alone.
  static func ignoringCase(_ scalar: Unicode.Scalar) -> ScalarClass {
    var alike: Set<UInt32> = [scalar.value]
    for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
      let mapped = text.unicodeScalars
      if mapped.count == 1, let one = mapped.first { alike.insert(one.value) }
    }
    // The two other characters that fold to an ASCII letter (Unicode's CaseFolding.txt).
    if alike.contains(0x73) { alike.insert(0x17F) }
    if alike.contains(0x6B) { alike.insert(0x212A) }
    return ScalarClass(alike.sorted().map { .range($0...$0) })
  }
}

extension ScalarClass.Part {
  /// The characters of a general category or a group of them: `L`, `Lu`, `N`; nil for other names.
  static func categories(named name: String) -> ScalarClass.Part? {
    let names = Unicode.GeneralCategory.names
    let all: (String) -> UInt32 = { prefix in
      names.enumerated().reduce(0) { $1.element.hasPrefix(prefix) ? $0 | 1 << $1.offset : $0 }
    }
    if names.contains(name) || (name.count == 1 && "LMNPSZC".contains(name)) {
      return .categories(all(name))
    }
    return name == "L&" || name == "LC" ? .categories(all("Lu") | all("Ll") | all("Lt")) : nil
  }
}

extension Unicode.GeneralCategory {
  /// The short names, each at its category's position.
  static let names = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  /// The position of the category in ``names``.
  var position: UInt32 {
    switch self {
    case .uppercaseLetter: 0
    case .lowercaseLetter: 1
    case .titlecaseLetter: 2
    case .modifierLetter: 3
    case .otherLetter: 4
    case .nonspacingMark: 5
    case .spacingMark: 6
    case .enclosingMark: 7
    case .decimalNumber: 8
    case .letterNumber: 9
    case .otherNumber: 10
    case .connectorPunctuation: 11
    case .dashPunctuation: 12
    case .openPunctuation: 13
    case .closePunctuation: 14
    case .initialPunctuation: 15
    case .finalPunctuation: 16
    case .otherPunctuation: 17
    case .mathSymbol: 18
    case .currencySymbol: 19
    case .modifierSymbol: 20
    case .otherSymbol: 21
    case .spaceSeparator: 22
    case .lineSeparator: 23
    case .paragraphSeparator: 24
    case .control: 25
    case .format: 26
    case .surrogate: 27
    case .privateUse: 28
    case .unassigned: 29
    @unknown default: 29
    }
  }
}
