import Foundation
import Testing
import Weft

@testable import Plugins

/// Plugins that say what can't be: each is refused by name, and the process lives on.
@Suite struct RefusedPluginTests {
  private func refusal(_ path: String) -> String {
    do {
      _ = try ForeignPlugin(path: path)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  static let tables: [(flag: String, says: String)] = [
    ("NAME=NULL", "plugin 'bad': the name of op 0 is NULL"),
    ("NAME=\"Echo\"", "plugin 'bad': the name of op 0 is 'Echo'\nhelp: names are snake_case"),
    ("NAME=\"2x\"", "the name of op 0 is '2x'"),
    ("NAME=\"\"", "the name of op 0 is ''"),
    ("NAME=\"let\"", "the name of op 0 is 'let', a keyword of the graph language"),
    ("NAME=\"\\xff\"", "the name of op 0 is longer than 64 bytes, or no UTF-8"),
    ("SUMMARY=NULL", "plugin 'bad', op 'echo': the summary is NULL"),
    ("SUMMARY=\"\"", "op 'echo': has an empty summary"),
    ("CATEGORY=\"shiny\"", "op 'echo': its category is 'shiny'\nhelp: one of matrix_product, "),
    ("OPERANDS=NULL", "op 'echo': has 1 operands at NULL"),
    ("OPERAND_COUNT=0", "op 'echo': has no operand"),
    ("OPERAND_COUNT=99", "op 'echo': has 99 operands, where 16 is the most"),
    ("OPERAND_COUNT=(size_t)-1", "op 'echo': has 18446744073709551615 operands"),
    ("ATTRIBUTE_COUNT=(size_t)-1", "op 'echo': has 18446744073709551615 attributes, where 32"),
    ("COUNT=(size_t)-1", "op 'echo': the default of 'mode' has"),
    ("COUNT=1025", "op 'echo': the default of 'mode' has 1025 numbers at NULL, or too many"),
    ("OPERAND_COUNT=2", "op 'echo': has two operands named 'x'"),
    ("OPERAND=\"in\"", "the name of operand 0 is 'in', a keyword"),
    (
      "VARIADIC=1,OPERAND_COUNT=2,OPERAND=\"a\"",
      "its operand 'a' may stand several times, and isn't"
    ),
    ("VARIADIC=1,OPTIONAL=1", "its operand 'x' may stand several times, and isn't the last"),
    ("OPTIONAL=1", "op 'echo': has only operands that may be left out"),
    ("ELEMENTS=1", "op 'echo': its operand 'x' may have an element type that there is none of"),
    ("OP_SIZE=8", "op 0 says that it has 8 bytes, and needs 136\nhelp: its first field is its own"),
    ("OP_SIZE=0xffffffff", "op 0 says that it has 4294967295 bytes"),
    ("RESULTS=9", "op 'echo': has 9 results, where 8 is the most"),
    ("ATTRIBUTE=\"x\"", "op 'echo': has two operands or attributes named 'x'"),
    ("KIND=77", "op 'echo': its attribute 'mode' has choices, and is no string"),
    ("CHOICES=NULL", "op 'echo': its attribute 'mode' has no choices, or more than 64"),
    ("FALLBACK=\"half\"", "the default of 'mode' is \"half\"\nhelp: one of \"fast\", \"slow\""),
    ("FALLBACK=NULL", "op 'echo': the default of 'mode' is NULL"),
    ("SHAPE=NULL", "op 'echo': has neither 'shape' nor 'elementwise'"),
    ("KERNEL=NULL", "op 'echo': has no 'kernel'"),
    ("ELEMENTWISE=elementwise", "op 'echo': has 'elementwise' and functions of the other form"),
    ("OPS=twice", "op 'echo': stands twice in its table"),
    ("OPS=none", "plugin 'bad': entry 0 of its table is NULL"),
    ("PLUGIN=\"a b\"", "its name isn't letters, digits, '-' and '_'"),
    ("NO_MAGIC", "its symbol 'weft_plugin' isn't what WEFT_PLUGIN defines"),
    ("NO_PLUGIN", "is a library, but no plugin: it exports neither of 'weft_plugin'"),
    ("NO_TABLE", "it exports neither of 'weft_plugin_ops'"),
  ]

  @Test(arguments: tables.indices)
  func `a table that can't be is refused`(_ i: Int) throws {
    let (flag, says) = Self.tables[i]
    let message = refusal(try PluginCompiler.bad(flag.split(separator: ",").map(String.init)))
    #expect(message.contains(says), "\(flag): \(message)")
  }

  @Test func `what is good is taken`() throws {
    let plugin = try ForeignPlugin(path: PluginCompiler.bad())
    #expect(plugin.identity.name == "bad")
    #expect(plugin.identity.version == "1.0")
    #expect(plugin.identity.abi == 1)
    #expect(!plugin.identity.builtWith.isEmpty)
    #expect(plugin.ops.map(\.name) == ["echo"])
  }

  @Test func `a plugin of revision 1, whose operands are smaller, is taken`() throws {
    let plugin = try ForeignPlugin(path: PluginCompiler.bad("OLD"))
    #expect(plugin.identity.revision == 1)
    #expect(plugin.ops[0].signature.operands.map(\.name) == ["x", "y"])
    let type = TensorType(.f32, [3])
    #expect(try plugin.ops[0].make([:]).resultTypes([type, type]) == [type])
    #expect(
      refusal(try PluginCompiler.bad("OLD", "OLD_SIZE=20")).contains(
        "operand 0 says that it has 20 bytes, and needs 24"))
  }

  @Test func `a larger struct is taken where it says nothing new`() throws {
    #expect(refusal(try PluginCompiler.bad("OPS=futures", "FUTURE=0")) == "accepted")
    let message = refusal(try PluginCompiler.bad("OPS=futures", "FUTURE=1"))
    #expect(message.contains("uses something that this Weft doesn't know"), "\(message)")
  }

  @Test func `nothing of a plugin for another version runs`() throws {
    unsetenv("WEFT_TEST_PLUGIN_RAN")
    let message = refusal(try PluginCompiler.bad("ABI=7", "CONSTRUCTOR"))
    #expect(
      message.contains("plugin 'bad' was built for version 7 of Weft's plugin interface (by "))
    #expect(message.contains("and this Weft has version 1\nhelp: build it again"))
    #expect(getenv("WEFT_TEST_PLUGIN_RAN") == nil)
    // The constructor is there: with the right version it runs.
    #expect(refusal(try PluginCompiler.bad("CONSTRUCTOR")) == "accepted")
    #expect(getenv("WEFT_TEST_PLUGIN_RAN") != nil)
  }

  @Test func `a name that Weft's own op has is taken`() throws {
    let plugin = try PluginLibrary.open(PluginCompiler.bad("NAME=\"relu\""))
    let error = #expect(throws: RegistryError.self) {
      try Registry([StandardPlugin(), plugin])
    }
    #expect(
      error.map { "\($0)" }
        == "plugin 'bad': an op named 'relu' is registered already, by plugin 'weft'")
  }

  @Test func `two plugins of one name are refused`() throws {
    let plugins = [
      try PluginLibrary.open(PluginCompiler.bad()),
      try PluginLibrary.open(PluginCompiler.bad("NAME=\"other\"")),
    ]
    #expect(throws: RegistryError.self) { try Registry(plugins) }
  }
}
