import Foundation

extension Profile {
  /// The profile that ``JSONReport/json()`` wrote to `file`.
  ///
  /// - Throws: ``FileError``, ``ProfileError``.
  public init(contentsOf file: URL) throws {
    let data = try FileReading.data(file, limit: Profile.byteLimit)
    try self.init(json: data, file: file.relativePath)
  }
}
