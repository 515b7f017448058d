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

  private static let least = "(-9223372036854775807 - 1)"

  @Test(arguments: [
    "{{ [1] * 9223372036854775807 }}", "{{ [1] | batch(9223372036854775807, 'x') | list }}",
    "{{ range(0, \(least), -1) }}", "{{ range(5, \(least), -1) }}",
    "{{ \(least) // -1 }}", "{{ -\(least) }}", "{{ [1] * 3 * 9223372036854775807 }}",
    "{{ 'ab' * 9223372036854775807 }}", "{{ 'a\\nb' | indent('x' * 1000000) }}",
  ])
  func `count the largest integers, too`(source: String) {
    #expect(error(source, .init(bytes: 1 << 20)).contains("takes more than it may"))
  }

  @Test(arguments: [
    ("{{ [] * 9223372036854775807 }}", "[]"), ("{{ '' * 9223372036854775807 }}", ""),
    ("{{ 'a'.zfill(\(least)) }}", "a"), ("{{ 'a' * \(least) }}", ""),
    ("{{ -5 is divisibleby(\(least)) }}", "False"), ("{{ \(least) is divisibleby(-1) }}", "True"),
    ("{{ \(least) is even }} {{ \(least) is odd }} {{ -5 is odd }}", "True False True"),
    ("{{ \(least) % -1 }} {{ -5 % \(least) }} {{ 5 % \(least) }}", "0 -5 -9223372036854775803"),
    ("{{ [1, 2, 3][\(least):9223372036854775807:9223372036854775807] }}", "[1]"),
    ("{{ [1, 2, 3][::\(least)] }}", "[3]"), ("{{ [1][\(least)] is defined }}", "False"),
    ("{{ range(9223372036854775806, 9223372036854775807, 9223372036854775807) | length }}", "1"),
    ("{{ range(0, \(least), \(least)) | length }}", "1"),
    ("{{ (1e308 * 10) | int }} {{ '1e400' | int }} {{ (-1e19) | int(7) }}", "0 0 7"),
    ("{{ 1.5 | round(9223372036854775807) }} {{ 15 | round(\(least)) }}", "1.5 0"),
    ("{{ 'a\nb' | indent(\(least)) }}", "a\nb"), ("{{ [1] | tojson(indent=\(least)) }}", "[\n1\n]"),
    ("{{ 'aa' | replace('a', 'b', \(least)) }} {{ 'a a'.split(' ', \(least)) }}", "bb ['a', 'a']"),
    ("{{ '%d' % 9223372036854775807 }}", "9223372036854775807"),
    ("{{ 1 < \(least) }} {{ \(least) | abs }}", "False 9.223372036854776e+18"),
  ])
  func `are rendered with the largest integers`(source: String, text: String) throws {
    #expect(try ChatTemplate(source).render([:]) == text)
  }

  @Test(arguments: [
    "{{ l }}", "{{ l | string }}", "{{ l | tojson }}", "{{ l ~ 'a' }}", "{{ {'a': l} }}",
    "{{ '%r' % [l] }}", "{{ ('%s' * 100000) | format(*l) }}", "{{ l | join }}",
    "{{ l is lower }}", "{{ l | upper }}", "{{ l | trim }}", "{{ raise_exception(l) }}",
    "{{ ''.count(l) }}", "{{ {}[l] }}", "{{ [[[1]]] | tojson(indent=s) }}", "{{ l | sort }}",
    "{{ l | sort(case_sensitive=true) }}", "{{ l == l }}", "{{ l < l }}", "{{ 'b' in l }}",
    "{{ l.count('b') }}", "{{ l | unique | list }}", "{{ ('a' * 1000) | replace('a', s) }}",
    "{{ s | list }}", "{{ s.split('a') }}", "{{ s.find(s[1:] ~ 'b') }}", "{{ (s[1:] ~ 'b') in s }}",
    "{% for c in s %}{% endfor %}", "{{ s[1:].partition(s) }}",
    "{% macro m() %}{{ varargs | length }}{% endmacro %}{% for i in l %}{{ m(*l) }}{% endfor %}",
  ])
  func `are counted before texts, lists and comparisons take memory and time`(source: String) {
    let found = error(
      "{% set s = 'a' * 300000 %}{% set l = [s] * 10000 %}" + source,
      .init(steps: 200_000, bytes: 1 << 20))
    #expect(found.contains("takes more than it may"), "\(found)")
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

  @Test(arguments: [
    "{% macro m() %}{% endmacro %}", "{% set ns = namespace() %}{% set ns.ns = ns %}",
    "{% set ns = namespace() %}{% for i in [1] recursive %}{% set ns.l = loop %}{% endfor %}",
    "{% set ns = namespace() %}{% macro m() %}{% set ns.c = caller %}{% endmacro %}"
      + "{% call m() %}{% endcall %}",
  ])
  func `leave nothing behind, though their values are in a circle`(source: String) throws {
    weak var left: Scope?
    do {
      var parser = Parser(try Lexer.tokens(of: source))
      let body = try parser.template()
      let root = Scope(parent: nil)
      for (name, value) in Globals.all { root.set(name, value) }
      let scope = Scope(parent: root)
      left = scope
      let interpreter = Interpreter(limits: .init(), now: Date())
      var output = ""
      _ = try interpreter.run(body, in: scope, into: &output)
      interpreter.end()
    }
    #expect(left == nil)
  }

  @Test func `limits are kept`() {
    #expect(
      error("{% for i in range(1000) %}x{% endfor %}", .init(steps: 500)).contains("500 steps"))
    #expect(
      error("{% for i in range(1000) %}xyz{% endfor %}", .init(bytes: 100)).contains("100 bytes"))
  }
}
