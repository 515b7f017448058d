import WeftCLI

// The command, linked statically: it starts fast and stands alone.
WeftProgram.main()
