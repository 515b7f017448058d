import Foundation

/// Colours from little to much, even to the eye: lightness falls (or rises, on dark ground) in equal
/// steps of OKLab (Ottosson, 2020), so that people who see no hues read it, too.
enum HeatScale {
  /// How many colours there are.
  static let count = 32

  /// A colour as OKLab has it: lightness, chroma, and hue in degrees.
  private struct Tone {
    var lightness: Double
    var chroma: Double
    var hue: Double
  }

  /// The colours on white: from ivory over orange to a dark violet.
  static let light = colors(
    from: Tone(lightness: 0.975, chroma: 0.02, hue: 95),
    over: Tone(lightness: 0.70, chroma: 0.17, hue: 50),
    to: Tone(lightness: 0.36, chroma: 0.13, hue: -35))

  /// The colours on black: from a dark violet over orange to ivory.
  static let dark = colors(
    from: Tone(lightness: 0.27, chroma: 0.04, hue: -60),
    over: Tone(lightness: 0.62, chroma: 0.16, hue: 25),
    to: Tone(lightness: 0.94, chroma: 0.10, hue: 95))

  private static func colors(
    from low: Tone, over middle: Tone, to high: Tone
  ) -> [Theme.Paint] {
    (0..<count).map { i in
      let at = Double(i) / Double(count - 1)
      // Even in lightness over the whole; hue and chroma pass through the middle.
      let lightness = low.lightness + (high.lightness - low.lightness) * at
      let (a, b, part) = at < 0.5 ? (low, middle, 2 * at) : (middle, high, 2 * at - 1)
      let tone = Tone(
        lightness: lightness, chroma: a.chroma + (b.chroma - a.chroma) * part,
        hue: a.hue + (b.hue - a.hue) * part)
      let linear = linear(tone)
      let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
      // Black or white, whichever is read better; another one for each colour, so that a picture
      // can be recoloured by replacing them.
      let ink = String(
        format: luminance > 0.18 ? "#1717%02x" : "#fdfd%02x", i + (luminance > 0.18 ? 8 : 220))
      return Theme.Paint(fill: hex(linear), stroke: ink)
    }
  }

  /// OKLab to linear sRGB, clipped.
  private static func linear(_ tone: Tone) -> [Double] {
    let angle = tone.hue * .pi / 180
    let (a, b) = (tone.chroma * cos(angle), tone.chroma * sin(angle))
    let l = cube(tone.lightness + 0.3963377774 * a + 0.2158037573 * b)
    let m = cube(tone.lightness - 0.1055613458 * a - 0.0638541728 * b)
    let s = cube(tone.lightness - 0.0894841775 * a - 1.2914855480 * b)
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ].map { min(max($0, 0), 1) }
  }

  private static func hex(_ linear: [Double]) -> String {
    "#"
      + linear.map { x in
        let encoded = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055
        return String(format: "%02x", Int((255 * encoded).rounded()))
      }.joined()
  }

  private static func cube(_ x: Double) -> Double { x * x * x }

  /// Which colour `value` has, where `most` is the hottest.
  static func level(_ value: Double, of most: Double) -> Int {
    guard most > 0 else { return 0 }
    return min(Int((value / most * Double(count - 1)).rounded()), count - 1)
  }
}
