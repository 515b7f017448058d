// A plugin that is loaded at run time imports this and has all of Weft, and `exported(_:)`, which the build
// writes: Plugins/BuildIdentity.
//
//     @_cdecl("weft_swift_plugin")
//     public func plugin() -> UnsafeMutableRawPointer { exported(Sparse()) }
@_exported import Weft

/// What this Weft is built from, for who asks by the symbol's name. Only the dynamic library has it.
@_cdecl("weft_build_identity")
public func buildIdentity() -> UnsafePointer<UInt8> { ownIdentity.utf8Start }
