import Foundation

/// The functions that every template has.
enum Globals {
  static let names = [
    "cycler", "dict", "joiner", "namespace", "raise_exception", "range", "strftime_now",
  ]

  static var all: [(String, Value)] { names.map { ($0, .callable(.function($0))) } }

  /// The most numbers that jinja2's sandbox lets a range have.
  private static let longestRange = 100_000

  static func call(
    _ name: String, _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    switch name {
    case "raise_exception":
      let message = try arguments.text(0, "message", interpreter) ?? ""
      throw ChatTemplateError(.raised(message), at: position)
    case "strftime_now":
      let format = try arguments.requiredText(0, "format", interpreter)
      let text = try DateText(interpreter.now).text(format, position)
      try interpreter.charge(bytes: text.utf8.count, position)
      return .string(text)
    case "range": return try range(arguments, interpreter)
    case "dict": return .mapping(try members(arguments, interpreter))
    case "namespace":
      let members = try members(arguments, interpreter)
      if let wrong = members.keys.first(where: { $0.hasPrefix("_") }) {
        throw ChatTemplateError(
          .type("members of a namespace don't begin with '_', found '\(wrong)'"), at: position)
      }
      let namespace = Namespace(members)
      interpreter.keep(namespace)
      return .namespace(namespace)
    case "joiner": return .callable(.joiner(Turn(), try arguments.string(0, "sep") ?? ", "))
    default:
      guard !arguments.positional.isEmpty else {
        throw ChatTemplateError(.type("'cycler' takes at least one value"), at: position)
      }
      return .callable(.cycler(Turn(), arguments.positional))
    }
  }

  private static func members(
    _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Mapping {
    var result = Mapping()
    if let first = arguments.positional.first {
      if case .mapping(let mapping) = first {
        result = mapping
      } else {
        for pair in try interpreter.elements(of: first, arguments.position) ?? [] {
          guard pair.elementCount == 2, let parts = pair.elements, case .string(let key) = parts[0]
          else {
            throw ChatTemplateError(
              .type("an object is made of pairs of a string and a value"), at: arguments.position)
          }
          result.set(key, parts[1])
        }
      }
    }
    for (name, value) in arguments.named { result.set(name, value) }
    return result
  }

  private static func range(
    _ arguments: Arguments, _ interpreter: Interpreter
  ) throws(ChatTemplateError) -> Value {
    let position = arguments.position
    var numbers: [Int] = []
    for value in arguments.positional {
      guard let number = value.integer else {
        try interpreter.refuseUndefined(value, position)
        throw ChatTemplateError(.type("'range' takes integers, found \(value.kind)"), at: position)
      }
      numbers.append(number)
    }
    guard (1...3).contains(numbers.count), numbers.count < 3 || numbers[2] != 0 else {
      throw ChatTemplateError(
        .type("'range' takes one to three integers, a step other than 0"), at: position)
    }
    let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
    let step = numbers.count == 3 ? numbers[2] : 1
    let (span, overflow) = end.subtractingReportingOverflow(start)
    let (steps, isLarger) = span.dividedReportingOverflow(by: step)
    guard !overflow, !isLarger, steps < longestRange else {
      throw ChatTemplateError(.limit("a range of more than \(longestRange) numbers"), at: position)
    }
    let elements = Array(stride(from: start, to: end, by: step)).map { Value.int($0) }
    try interpreter.charge(elements.count, position)
    return .list(elements)
  }
}

/// A moment as `strftime` writes it, in the C locale.
struct DateText {
  private let parts: DateComponents
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October",
    "November", "December",
  ]

  init(_ date: Date, timeZone: TimeZone = .current) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second, .weekday, .dayOfYear], from: date)
  }

  func text(_ format: String, _ position: Position) throws(ChatTemplateError) -> String {
    var result = ""
    var scalars = format.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var kind = scalars.next()
      var isPadded = true
      if kind == "-" {
        isPadded = false
        kind = scalars.next()
      }
      guard let kind, let text = field(kind, isPadded) else {
        throw ChatTemplateError(
          .unsupported("the date format '%\(kind.map(String.init) ?? "")'"), at: position)
      }
      result += text
    }
    return result
  }

  private func field(_ kind: Unicode.Scalar, _ isPadded: Bool) -> String? {
    func number(_ value: Int?, _ width: Int = 2) -> String {
      let text = "\(value ?? 0)"
      return isPadded ? String(repeating: "0", count: max(0, width - text.count)) + text : text
    }
    let hour = parts.hour ?? 0
    let day = Self.days[((parts.weekday ?? 1) - 1) % 7]
    let month = Self.months[((parts.month ?? 1) - 1) % 12]
    return switch kind {
    case "Y": "\(parts.year ?? 0)"
    case "y": number((parts.year ?? 0) % 100)
    case "m": number(parts.month)
    case "d": number(parts.day)
    case "e": isPadded && (parts.day ?? 0) < 10 ? " \(parts.day ?? 0)" : "\(parts.day ?? 0)"
    case "H": number(hour)
    case "I": number((hour + 11) % 12 + 1)
    case "M": number(parts.minute)
    case "S": number(parts.second)
    case "j": number(parts.dayOfYear, 3)
    case "p": hour < 12 ? "AM" : "PM"
    case "A": day
    case "a": String(day.prefix(3))
    case "B": month
    case "b", "h": String(month.prefix(3))
    case "F": "\(parts.year ?? 0)-\(number(parts.month))-\(number(parts.day))"
    case "T": "\(number(hour)):\(number(parts.minute)):\(number(parts.second))"
    case "%": "%"
    default: nil
    }
  }
}
