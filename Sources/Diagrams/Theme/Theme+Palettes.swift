extension Theme {
  /// For paper and white pages: tints of the palette by Okabe and Ito, which people with any kind of
  /// colour vision can tell apart (Okabe and Ito, 2008).
  ///
  /// Each colour stands for one thing only, so that a picture can be recoloured by replacing them.
  public static let light = Theme(
    groups: [
      .matrixProduct: Paint(fill: "#cfe3f2", stroke: "#0072b2"),
      .attention: Paint(fill: "#f9dccb", stroke: "#d55e00"),
      .normalization: Paint(fill: "#cdebe1", stroke: "#009e73"),
      .activation: Paint(fill: "#fbe8c4", stroke: "#d98f00"),
      .elementwise: Paint(fill: "#fcf9cf", stroke: "#b3a81f"),
      .reduction: Paint(fill: "#f4e1ec", stroke: "#b8628f"),
      .embedding: Paint(fill: "#dff1fc", stroke: "#56b4e9"),
      .movement: Paint(fill: "#f2f2f2", stroke: "#b0b0b0"),
      .state: Paint(fill: "#e4def5", stroke: "#6a51a5"),
      .other: Paint(fill: "#fefefe", stroke: "#808080"),
    ],
    terminal: Paint(fill: "#404040", stroke: "#414141"),
    layer: Paint(fill: "#fcfcfc", stroke: "#606060"),
    levels: [
      Paint(fill: "#f7f8fa", stroke: "#9aa5b1"), Paint(fill: "#eef1f5", stroke: "#b4bdc8"),
      Paint(fill: "#f7f8fb", stroke: "#c4ccd5"),
    ],
    background: "#ffffff", text: "#202020", faint: "#5f6670", accent: "#b04a00", edge: "#606a75",
    residual: "#7a3e9d", font: "Helvetica,Arial,DejaVu Sans,sans-serif", heat: HeatScale.light,
    terminalText: "#fbfbfb",
    marks: [
      Paint(fill: "#ffd9b8", stroke: "#d55e01"), Paint(fill: "#bfdcf0", stroke: "#0072b3"),
      Paint(fill: "#bfe8db", stroke: "#009e74"), Paint(fill: "#f2d3e4", stroke: "#cc79a7"),
      Paint(fill: "#f7ef9e", stroke: "#a89b00"), Paint(fill: "#c9ecff", stroke: "#3fa3dd"),
      Paint(fill: "#f5dfae", stroke: "#c78400"), Paint(fill: "#dcd6f2", stroke: "#6a51a3"),
    ])

  /// For screens in the dark: the same hues, dark areas under light words.
  public static let dark = Theme(
    groups: [
      .matrixProduct: Paint(fill: "#143a56", stroke: "#56aee6"),
      .attention: Paint(fill: "#55290f", stroke: "#f58a4b"),
      .normalization: Paint(fill: "#0f4234", stroke: "#3cc79b"),
      .activation: Paint(fill: "#4d370a", stroke: "#f0b440"),
      .elementwise: Paint(fill: "#403d10", stroke: "#d4ca4e"),
      .reduction: Paint(fill: "#47223a", stroke: "#dc8fb8"),
      .embedding: Paint(fill: "#1c3e52", stroke: "#8bd0f7"),
      .movement: Paint(fill: "#2b2e33", stroke: "#7a8088"),
      .state: Paint(fill: "#332a57", stroke: "#a996e1"),
      .other: Paint(fill: "#23262b", stroke: "#9a9fa6"),
    ],
    terminal: Paint(fill: "#d8dce2", stroke: "#d9dde3"),
    layer: Paint(fill: "#24282e", stroke: "#a4abb5"),
    levels: [
      Paint(fill: "#1c2026", stroke: "#5d6773"), Paint(fill: "#22272e", stroke: "#4c5560"),
      Paint(fill: "#1c2027", stroke: "#414a55"),
    ],
    background: "#14171b", text: "#eceff2", faint: "#a3abb5", accent: "#ffa25c", edge: "#98a2ae",
    residual: "#c79bea", font: "Helvetica,Arial,DejaVu Sans,sans-serif", heat: HeatScale.dark,
    terminalText: "#15181c",
    marks: [
      Paint(fill: "#6b3410", stroke: "#ff9a52"), Paint(fill: "#174a6e", stroke: "#5ab4ee"),
      Paint(fill: "#125242", stroke: "#3fd0a2"), Paint(fill: "#5c2c4a", stroke: "#e79cc4"),
      Paint(fill: "#504b10", stroke: "#e0d64f"), Paint(fill: "#1d4c66", stroke: "#8fd6ff"),
      Paint(fill: "#5c430f", stroke: "#f4bd4d"), Paint(fill: "#3a3160", stroke: "#ab9be0"),
    ])
}
