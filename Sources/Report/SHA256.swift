import Foundation

/// The hash by which a page's policy names the one script that may run (FIPS 180-4).
///
/// Written here because Foundation has none on Linux, and a page is no reason for a dependency.
enum SHA256 {
  /// The hash of `message`, 32 bytes.
  static func hash(of message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += bytes(of: UInt64(message.count) * 8)
    var state = start
    var schedule = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: padded.count, by: 64) {
      for i in 0..<16 {
        schedule[i] = (0..<4).reduce(0) { $0 << 8 | UInt32(padded[block + 4 * i + $1]) }
      }
      for i in 16..<64 {
        let (a, b) = (schedule[i - 15], schedule[i - 2])
        schedule[i] =
          schedule[i - 16] &+ (turned(a, 7) ^ turned(a, 18) ^ a >> 3) &+ schedule[i - 7]
          &+ (turned(b, 17) ^ turned(b, 19) ^ b >> 10)
      }
      compress(&state, schedule)
    }
    return state.flatMap { bytes(of: $0) }
  }

  /// The same in base 64, as a policy wants it.
  static func base64(of message: [UInt8]) -> String {
    Data(hash(of: message)).base64EncodedString()
  }

  private static func compress(_ state: inout [UInt32], _ schedule: [UInt32]) {
    var s = state
    for i in 0..<64 {
      let choice = s[4] & s[5] ^ ~s[4] & s[6]
      let first =
        s[7] &+ (turned(s[4], 6) ^ turned(s[4], 11) ^ turned(s[4], 25)) &+ choice
        &+ constants[i] &+ schedule[i]
      let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
      let second = (turned(s[0], 2) ^ turned(s[0], 13) ^ turned(s[0], 22)) &+ majority
      s = [first &+ second, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
    }
    for i in 0..<8 { state[i] &+= s[i] }
  }

  private static func turned(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static func bytes<Word: FixedWidthInteger>(of word: Word) -> [UInt8] {
    (1...Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> (Word.bitWidth - 8 * $0)) }
  }

  /// The first 64 primes.
  private static let primes: [Int] = {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }()

  /// The first 32 bits behind the point of the square roots of the first 8 primes.
  private static let start = primes.prefix(8).map { fraction(of: Double($0).squareRoot()) }

  /// The first 32 bits behind the point of the cube roots of the first 64 primes.
  private static let constants = primes.map { fraction(of: cbrt(Double($0))) }

  /// The roots take less than 5 bits before the point: a Double holds more than 32 behind it.
  private static func fraction(of root: Double) -> UInt32 {
    UInt32((root - root.rounded(.down)) * 0x1p32)
  }
}
