import { allowListOf, type Allowed } from './egress/allow-list';
import type { EgressPolicy } from './egress/guard';

/** What a platform is started with. Everything has a default. `databaseUrl`, `tokenSecret` and `encryptionKey` are secret. */
export interface Settings {
  /** Owner's connection URL: migrations, the queue and the system loops; the rest runs as the application role. */
  readonly databaseUrl: string;
  /** Directory of this platform: `packs/`, `artifacts/`, `environments/`, `tmp/` below it. */
  readonly directory: string;
  /** Names this platform; every process it starts carries it in its environment as PLATFORM_INSTANCE. */
  readonly instance: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Of the notifier; 0 takes a free one. */
  readonly notifierPort: number;
  readonly selfRegistration: boolean;
  /** Failed tries to log in per minute, by login and by address; 0: any number. */
  readonly loginTries: number;
  /** Each refresh token is good once; else for as long as it lives. */
  readonly refreshRotation: boolean;
  /** Null: the one made for this database. */
  readonly tokenSecret: string | null;
  /** What stored secrets are sealed with. Null: the one made for this database. */
  readonly encryptionKey: string | null;
  readonly workers: number;
  /** Executions one worker runs at once. */
  readonly slots: number;
  readonly killGraceMs: number;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  /** An execution that was assigned to a worker and not picked up ends after this. */
  readonly pickUpMs: number;
  /** Bytes kept of each output stream. */
  readonly logLimitBytes: number;
  /** The first pause before a sensor that ended by itself is started again; it doubles with each further end. */
  readonly sensorBackoffMs: number;
  readonly recovery: 'auto' | 'off';
  readonly maxRecoveries: number;
  /** Package registry for `package.json` of packs; null: what npm itself is configured with. */
  readonly npmRegistry: string | null;
  /** Where `requirements.txt` of packs is installed from: an index URL or a directory; null: what pip is configured with. */
  readonly pythonIndex: string | null;
  /** What requests on behalf of others may reach: `core.http_request`, packs that are fetched. */
  readonly egress: EgressPolicy;
  /** Directories below which packs may be registered from; null: only those the platform adds itself. */
  readonly packRoots: readonly string[] | null;
  /** Hash of the code that runs. */
  readonly source: string;
}

/** A setting that is not what it must be. The command ends with exit 2. */
export class SettingError extends Error {
  constructor(name: string, value: string, right: string) {
    super(`${name}=${value} is not usable: give ${right}`);
    this.name = 'SettingError';
  }
}

type Env = Readonly<Record<string, string | undefined>>;

function numberOf(env: Env, name: string, otherwise: number, least: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isFinite(value) || value < least) throw new SettingError(name, text, `a number of at least ${least}`);
  return value;
}

function wordOf<T extends string>(env: Env, name: string, words: readonly T[]): T {
  const text = env[name];
  if (text === undefined || text === '') return words[0]!;
  const word = words.find((known) => known === text);
  if (word === undefined) throw new SettingError(name, text, words.join(' or '));
  return word;
}

function allowListIn(env: Env, name: string): Allowed[] {
  const text = env[name] ?? '';
  const list = allowListOf(text);
  if (list === null) throw new SettingError(name, text, 'host:port, separated by commas; * for every port');
  return list;
}

/** Null where nothing is set. */
function listIn(env: Env, name: string, separator = ','): string[] | null {
  const parts = (env[name] ?? '').split(separator).map((part) => part.trim());
  const list = parts.filter((part) => part !== '');
  return list.length === 0 ? null : list;
}

/** The settings that come from the environment (`docs/settings.md`). Throws SettingError. */
export function settingsFrom(env: Env) {
  return {
    selfRegistration: wordOf(env, 'PLATFORM_SELF_REGISTRATION', ['off', 'on']) === 'on',
    loginTries: numberOf(env, 'PLATFORM_LOGIN_TRIES', 10, 0),
    refreshRotation: wordOf(env, 'PLATFORM_REFRESH_ROTATION', ['off', 'on']) === 'on',
    tokenSecret: env.ATTUNE__SECURITY__JWT_SECRET ?? env.PLATFORM_TOKEN_SECRET ?? null,
    encryptionKey: env.ATTUNE__SECURITY__ENCRYPTION_KEY ?? env.PLATFORM_ENCRYPTION_KEY ?? null,
    workers: numberOf(env, 'PLATFORM_WORKERS', 1, 0),
    slots: numberOf(env, 'PLATFORM_WORKER_SLOTS', 10, 1),
    killGraceMs: numberOf(env, 'PLATFORM_KILL_GRACE_SECONDS', 5, 0) * 1_000,
    heartbeatMs: numberOf(env, 'PLATFORM_HEARTBEAT_SECONDS', 30, 0.1) * 1_000,
    leaseMs: numberOf(env, 'PLATFORM_LEASE_SECONDS', 10, 0.5) * 1_000,
    pickUpMs: numberOf(env, 'PLATFORM_PICK_UP_SECONDS', 300, 0.5) * 1_000,
    logLimitBytes: numberOf(env, 'PLATFORM_LOG_LIMIT_BYTES', 10 * 1_024 * 1_024, 1_024),
    sensorBackoffMs: numberOf(env, 'PLATFORM_SENSOR_BACKOFF_SECONDS', 5, 0.05) * 1_000,
    recovery: wordOf(env, 'PLATFORM_RECOVERY', ['auto', 'off']),
    maxRecoveries: numberOf(env, 'PLATFORM_MAX_RECOVERIES', 3, 0),
    npmRegistry: env.PLATFORM_NPM_REGISTRY ?? null,
    pythonIndex: env.PLATFORM_PYTHON_INDEX ?? null,
    egress: { allow: allowListIn(env, 'PLATFORM_EGRESS_ALLOW'), nameServers: listIn(env, 'PLATFORM_EGRESS_DNS') },
    packRoots: listIn(env, 'PLATFORM_PACK_ROOTS', ':'),
  } satisfies Partial<Settings>;
}
