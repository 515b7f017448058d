import Formats
import Foundation
import Testing

@testable import ChatTemplates

/// What is wrong with a template is said with its place.
@Suite struct `Wrong and hostile templates` {
  private func error(_ source: String, _ limits: ChatTemplate.Limits = .init()) -> String {
    do {
      let text = try ChatTemplate(source).render(["d": .object(JSONObject())], limits: limits)
      return "no error: \(text.prefix(100))"
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("{{ x", "1:1: the tag that begins here has no end"),
    ("a\n {{ 'b }}", "2:5: the string that begins here has no end"),
    ("{% if x %}\n{% for y in x %}", "2:1: the block 'for' that begins here has no end"),
    ("{% include 'a' %}", "1:4: 'include' isn't in the subset of Jinja that Weft reads"),
    ("{% nothing %}", "1:4: there is no block 'nothing'"),
    ("{{ 1 | nofilter }}", "1:8: there is no filter 'nofilter'"),
    ("{{ 1 is nothing }}", "1:9: there is no test 'nothing'"),
    ("{{ a b }}", "1:6: expected '}}', found 'b'"),
    ("{{ [1 }}", "1:7: expected ']', found '}'"),
    ("{{ x.y }}", "1:5: 'x' is undefined"),
    ("x\n{{ 'a' + 1 }}", "2:8: '+' can't be used with a string and an integer"),
    (
      "{{ raise_exception('roles must alternate') }}",
      "1:19: the template refuses this conversation: roles must alternate"
    ),
    (
      "{{ {1: 2} }}",
      "1:5: an object with keys that are no strings isn't in the subset of Jinja that Weft reads"
    ),
    (
      "{{ strftime_now('%Q') }}",
      "1:16: the date format '%Q' isn't in the subset of Jinja that Weft reads"
    ),
    (
      "{{ 9223372036854775807 + 1 }}",
      "1:24: the template takes more than it may: an integer of more than 64 bits"
    ),
    ("{{ 99999999999999999999 }}", "1:4: expected a number of 64 bits, found a larger one"),
  ])
  func `are refused with line, column and what is expected`(source: String, message: String) {
    #expect(error(source) == message)
  }

  @Test(arguments: [
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
    "{{ 'a' * 999999999999 }}", "{{ [0] * 999999999 }}", "{{ 'ab' | replace('', 'x' * 9999999) }}",
    "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}", "{{ '7'.zfill(99999999999) }}",
    "{{ range(-9223372036854775807, 9223372036854775807) | length }}",
    "{% set ns = namespace(x={'a': 1}) %}{% for i in range(99999) %}{% set ns.x = {'a': ns.x, 'b': ns.x} %}{% endfor %}",
  ])
  func `end with an error`(source: String) {
    let limits = ChatTemplate.Limits(steps: 200_000, bytes: 1 << 20)
    #expect(error(source, limits).contains("takes more than it may"))
  }

  @Test func `that are nested without end are refused when they are read`() {
    for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("{'a':", "}")] {
      let depth = 20_000
      let source =
        "{{ " + String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        + " }}"
      #expect(error(source).contains("nested deeper"), "\(open)")
    }
    for chain in [
      " + 1", " | abs", ".a", " and 1", " ~ 1", "[0]", " is odd | abs", " if 1 else 1", "()",
    ] {
      let found = error("{{ 1" + String(repeating: chain, count: 20_000) + " }}")
      #expect(found.contains("nested deeper") || chain == " ~ 1", "\(chain): \(found)")
    }
    let blocks = String(repeating: "{% if 1 %}", count: 2_000)
    #expect(error(blocks).contains("nested deeper"))
  }

  @Test func `cut short anywhere give an error or a text`() throws {
    for name in ["llama3", "mistral", "qwen3", "gemma", "macros"] {
      let source = try String(
        contentsOf: RecordedCase.folder.appending(path: "templates/\(name).jinja"), encoding: .utf8)
      for length in Swift.stride(from: 0, to: source.count, by: 7) {
        _ = error(String(source.prefix(length)))
      }
    }
  }

  @Test func `limits are kept`() {
    #expect(
      error("{% for i in range(1000) %}x{% endfor %}", .init(steps: 500)).contains("500 steps"))
    #expect(
      error("{% for i in range(1000) %}xyz{% endfor %}", .init(bytes: 100)).contains("100 bytes"))
  }
}
