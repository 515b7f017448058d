import CFuzzer
import Foundation

let targets: [any FuzzTarget.Type] = [
  ChatTemplateTarget.self,
  ConfigTarget.self,
  GGUFTarget.self,
  GraphLanguageTarget.self,
  GraphRunTarget.self,
  HTTPBodyTarget.self,
  ProfileTarget.self,
  SafetensorsTarget.self,
  TokenizerTarget.self,
]

/// What libFuzzer's callback, a C function without a context, gives its bytes to.
nonisolated(unsafe) var current: (any FuzzTarget)?

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(64)
}

let arguments = CommandLine.arguments
if arguments.count == 2, arguments[1] == "list" {
  for target in targets { print(target.name) }
  exit(0)
}
guard arguments.count >= 2, let type = targets.first(where: { $0.name == arguments[1] }) else {
  fail("usage: Fuzz list | Fuzz TARGET --seeds FOLDER | Fuzz TARGET [libFuzzer's arguments]")
}
let target = try type.init()
if arguments.count == 4, arguments[2] == "--seeds" {
  try Seeds.write(target, to: URL(filePath: arguments[3]))
  exit(0)
}
current = target

var count = Int32(arguments.count - 1)
var pointers: [UnsafeMutablePointer<CChar>?] = ([arguments[0]] + arguments.dropFirst(2)).map {
  strdup($0)
}
pointers.append(nil)
pointers.withUnsafeMutableBufferPointer { list in
  var base = list.baseAddress
  exit(
    LLVMFuzzerRunDriver(&count, &base) { bytes, count in
      current?.run(Data(bytes: bytes ?? UnsafePointer(bitPattern: 1)!, count: count))
      return 0
    })
}
