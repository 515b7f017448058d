/// The text of a diagnostic. Every sentence that the language says stands in a `Message+…` file.
struct Message: Hashable {
  /// What is wrong.
  var text: String
  /// What to do about it.
  var help: String?

  init(_ text: String, help: String? = nil) {
    self.text = text
    self.help = help
  }
}
