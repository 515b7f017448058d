/// Events of the Trace Event Format, as text.
struct TimelineEvents {
  /// What an argument may be.
  enum Value {
    case text(String)
    case integer(Int)
    case number(Double)
  }

  /// The track of the layers. None has the process's number: viewers call that one the main thread, and
  /// show it first.
  static let layers = 2
  private static let process = 1
  private var lines: [String] = []

  /// The track of a worker.
  static func track(of worker: Int) -> Int { worker + layers + 1 }

  mutating func nameProcess(_ name: String) {
    metadata("process_name", track: 0, "name", .text(name))
  }

  /// Names a track and puts it at `place` among the others.
  mutating func nameTrack(_ track: Int, _ name: String, place: Int) {
    metadata("thread_name", track: track, "name", .text(name))
    metadata("thread_sort_index", track: track, "sort_index", .integer(place))
  }

  private mutating func metadata(_ name: String, track: Int, _ key: String, _ value: Value) {
    lines.append(
      #"{"ph":"M","pid":\#(Self.process),"tid":\#(track),"ts":0,"name":"\#(name)","#
        + #""args":\#(Self.object([(key, value)]))}"#)
  }

  /// A complete event: begin and duration.
  mutating func add(_ slice: NestedSlices.Slice, track: Int, offset: Int) {
    lines.append(
      #"{"ph":"X","pid":\#(Self.process),"tid":\#(track),"#
        + #""ts":\#(Self.microseconds(offset + slice.start)),"#
        + #""dur":\#(Self.microseconds(slice.end - slice.start)),"#
        + #""name":\#(Self.quoted(slice.name)),"cat":\#(Self.quoted(slice.category)),"#
        + #""args":\#(Self.object(slice.arguments))}"#)
  }

  /// A counter's value from `time` on.
  mutating func count(_ name: String, at time: Int, _ value: (String, Value)) {
    lines.append(
      #"{"ph":"C","pid":\#(Self.process),"tid":0,"ts":\#(Self.microseconds(time)),"#
        + #""name":\#(Self.quoted(name)),"args":\#(Self.object([value]))}"#)
  }

  /// The whole file; `other` is shown as what the file says of itself.
  func document(_ other: [(String, Value)]) -> String {
    #"{"displayTimeUnit":"ns","otherData":\#(Self.object(other)),"traceEvents":["# + "\n"
      + lines.joined(separator: ",\n") + "\n]}\n"
  }

  /// Nanoseconds as microseconds, exactly.
  private static func microseconds(_ nanoseconds: Int) -> String {
    let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    let digits = String(rest + 1000).dropFirst()
    return "\(nanoseconds < 0 ? "-" : "")\(whole)" + (rest == 0 ? "" : ".\(digits)")
  }

  private static func object(_ members: [(String, Value)]) -> String {
    let texts = members.map { name, value in
      let text =
        switch value {
        case .text(let text): quoted(text)
        case .integer(let number): "\(number)"
        case .number(let number): number.isFinite ? Figures.fixed(number, 3) : "0"
        }
      return quoted(name) + ":" + text
    }
    return "{" + texts.joined(separator: ",") + "}"
  }

  /// A string of JSON.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
