import { Type, type Static } from '@sinclair/typebox';
import { ROLES, type Role } from './capabilities';

/**
 * What `up` publishes about the platform that it runs: as the line of `--json`, and in a file that
 * only its owner can read. Secret: `password` and `database_url`.
 */
const RunningProcess = Type.Object({
  /** Of the API, in another process of the stack where this one has none; null: not known. */
  url: Type.Union([Type.String(), Type.Null()]),
  /** Null: no notifier in this process. */
  notifier_url: Type.Union([Type.String(), Type.Null()]),
  roles: Type.Array(Type.Unsafe<Role>({ type: 'string', enum: ROLES })),
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
  /** The clocks of its tenants can be moved. */
  virtual_time: Type.Boolean(),
  /** A directory that the actions of the first tenant can write. */
  shared_directory: Type.String(),
  /** Path of the file with these facts; it is removed with the platform. */
  platform_file: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
});
export type RunningProcess = Static<typeof RunningProcess>;

/** A process with an API and a notifier: what the suite runs against. */
export const RunningPlatform = Type.Intersect([
  RunningProcess,
  Type.Object({ url: Type.String(), notifier_url: Type.String() }),
]);
export type RunningPlatform = Static<typeof RunningPlatform>;
