import { Type, type Static } from '@sinclair/typebox';

/**
 * What `up` publishes about the platform that it runs: as the line of `--json`, and in a file that
 * only its owner can read. Secret: `password` and `database_url`.
 */
export const RunningPlatform = Type.Object({
  url: Type.String(),
  notifier_url: Type.String(),
  login: Type.String(),
  /**
   * Null: this start did not create the login, or the password is in a file of its own. The file
   * below never has a random one.
   */
  password: Type.Union([Type.String(), Type.Null()]),
  instance_id: Type.String(),
  /** Of all platforms on the same database. */
  stack_id: Type.String(),
  /** Of the schema's owner. */
  database_url: Type.String(),
  directory: Type.String(),
  /** A directory that the actions of the first tenant can write. */
  shared_directory: Type.String(),
  /** Path of the file with these facts; it is removed with the platform. */
  platform_file: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
});
export type RunningPlatform = Static<typeof RunningPlatform>;
