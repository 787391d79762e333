import type { Env } from '../../../contract/environment';
import { NETWORK_MODES, type NetworkMode } from '../../../contract/packs';
import type { Role } from '../../../contract/capabilities';
import { parseAddressList } from '../http/address-list';
import { parseAllowList, type AllowListEntry } from '../http/allow-list';
import type { EgressPolicy } from '../http/allow-list';
import { DEFAULT_LIMITS, type Limits } from '../limits';
import { ISOLATION_BACKENDS, type IsolationBackend } from './isolation';
import { readAgentPrograms, readContainers, type AgentPrograms, type ContainerSettings } from './paired';
import { webDirectory, type WebDirectory } from './web-directory';
import { readChoice, readList, readNumber, readOptionalNumber, SettingError } from './values';
import { isWorkerName, WORKER_NAME_FORM } from '../worker-names';
import { parseLabel, parseTaint, type WorkerPlacement } from '../worker-placement';

/** What a platform is started with. Secret: the settings of PLATFORM_SECRETS. */
export interface Settings {
  /** Directory of this platform: `packs/`, `artifacts/`, `environments/`, `tmp/` below it. */
  readonly directory: string;
  /**
   * Names this platform; every process it starts carries it in its environment as
   * PLATFORM_INSTANCE.
   */
  readonly instance: string;
  /** It may run beside the platforms that already run on its database. */
  readonly joins: boolean;
  /** What this process does for the stack. */
  readonly roles: readonly Role[];
  /** Of the API of the stack, where none runs in this process; null: not known. */
  readonly remoteApiUrl: string | null;
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** Of the notifier; 0 selects a free port. */
  readonly notifierPort: number;
  /**
   * Serves what this platform adds to Attune's contract. Off: exactly the keys, routes and
   * notifications of the contract.
   */
  readonly extensions: boolean;
  readonly selfRegistration: boolean;
  /** How long a new item of a work queue can be changed before an execution takes it, ms. */
  readonly queueChangeMs: number;
  /** Failed logins per minute, by login and by address, before both are rejected; 0: no limit. */
  readonly loginTries: number;
  /** Addresses and CIDR ranges of proxies that name the address of a caller. */
  readonly trustedProxies: readonly string[];
  /** Accepts tokens of type `worker`, which pass every check of a grant. */
  readonly acceptsWorkerTokens: boolean;
  /** A refresh token can be used once; otherwise until it expires. */
  readonly refreshRotation: boolean;
  /** Signs tokens. Null: the one generated for this database. */
  readonly tokenSecret: string | null;
  /** Seals stored secrets. Null: the one generated for this database. */
  readonly encryptionKey: string | null;
  /** Unseals what it has sealed, and seals nothing. Null: none but those of this database. */
  readonly formerEncryptionKey: string | null;
  /** Bearer token of `/metrics`. Null: the route does not exist. */
  readonly metricsToken: string | null;
  /** A built client that is shown instead of the platform's own page. */
  readonly webDirectory: WebDirectory | null;
  /** The programs that new hosts may fetch. Null: none. */
  readonly agentPrograms: AgentPrograms | null;
  /** Null: actions of the runtime `container` cannot run. */
  readonly containers: ContainerSettings | null;
  readonly workers: number;
  /** Executions one worker runs at once. */
  readonly slots: number;
  /** Of its first worker process; further ones add a number. Null: made by each start. */
  readonly workerName: string | null;
  /** Labels and taints of the workers of this platform; those of tenants have none. */
  readonly placement: WorkerPlacement;
  readonly killGraceMs: number;
  /** How long a stopping platform lets attempts run on. */
  readonly shutdownGraceMs: number;
  readonly heartbeatMs: number;
  readonly leaseMs: number;
  /** The same of a standalone worker: it outlasts a network that is cut for half of it. */
  readonly standaloneLeaseMs: number;
  /** An execution fails when its worker has not started it after this. */
  readonly pickUpMs: number;
  /** Bytes kept of each output stream. */
  readonly logLimitBytes: number;
  /**
   * First pause before a failed sensor process is restarted; doubles with each further failure.
   */
  readonly sensorBackoffMs: number;
  /** Whether programs of packs are confined: where the host allows it, always, or never. */
  readonly isolation: 'auto' | 'required' | 'off';
  /** What confines them. */
  readonly isolationBackend: IsolationBackend;
  /** What programs of packs may reach; a pack can only narrow it. */
  readonly actionNetwork: NetworkMode;
  /** Whether `full` contains all services on this host's loopback addresses. */
  readonly actionLoopback: LoopbackMode;
  /** As root: programs of tenant 1 run as the user with the next id, and so on. */
  readonly firstActionUid: number;
  /** Directories of this host that confined programs may read and write. */
  readonly actionPaths: readonly string[];
  readonly actionOpenFiles: number;
  /** Largest file of a confined program, and size of its private directories. */
  readonly actionFileBytes: number;
  /** By which one program may let the files grow that outlive it, bytes. */
  readonly actionDiskBytes: number;
  /** Processes and threads of a confined program at the same time. */
  readonly actionProcesses: number;
  /** As root: those of all confined programs of a tenant. */
  readonly tenantProcesses: number;
  /**
   * Memory that the processes of a confined program may use together, and data that one of them
   * may allocate, bytes.
   */
  readonly actionMemoryBytes: number;
  /** Memory of all programs on a host and of those of a tenant, bytes; null: by the host's. */
  readonly programsMemoryBytes: number | null;
  readonly tenantMemoryBytes: number | null;
  /** How far the platform's clock is ahead of its host's. */
  readonly clockOffsetMs: number;
  /** Each tenant has a clock that can be moved. */
  readonly virtualTime: boolean;
  readonly recovery: 'auto' | 'off';
  /** `strict`: executions have the contract's statuses only. */
  readonly status: 'extended' | 'strict';
  readonly maxRecoveries: number;
  /** How long a new database keeps rows, until its own settings change that; 0: forever. */
  readonly retentionSeconds: number;
  /** The newest executions, and the newest events, that a tenant keeps; 0: no limit. */
  readonly retentionCount: number;
  /** Variables of the operator's environment that actions, sensors and builds get. */
  readonly actionVariables: readonly string[];
  readonly limits: Limits;
  /** Free space that must stay free on the disk of the directory, bytes; null: of its size. */
  readonly diskFloorBytes: number | null;
  /** Package registry for `package.json` of packs; null: as npm is configured. */
  readonly npmRegistry: string | null;
  /** Index URL or directory for `requirements.txt` of packs; null: as pip is configured. */
  readonly pythonIndex: string | null;
  /** Which addresses `core.http_request` and downloads of packs may reach. */
  readonly egress: EgressPolicy;
  /** Packs may be registered from below these directories; null: only the platform's own. */
  readonly packRoots: readonly string[] | null;
  /** Hash of the running code. */
  readonly source: string;
}

const PLATFORM_SECRETS = [
  'tokenSecret',
  'encryptionKey',
  'formerEncryptionKey',
  'metricsToken',
  'agentPrograms',
] as const;

/** The settings that a worker process receives: none of those that open what belongs to all. */
export type WorkerSettings = Omit<Settings, (typeof PLATFORM_SECRETS)[number]>;

export const workerSettings = (settings: Settings): WorkerSettings =>
  Object.fromEntries(
    Object.entries(settings).filter(([name]) => !PLATFORM_SECRETS.some((secret) => secret === name)),
  ) as unknown as WorkerSettings;

function readAllowList(env: Env, name: string): AllowListEntry[] {
  const text = env[name] ?? '';
  const list = parseAllowList(text);
  if (list === null) throw new SettingError(name, text, 'host:port, separated by commas; * for every port');
  return list;
}

/** `none` is the empty list. */
function readAddresses(env: Env, name: string, defaultValue: readonly string[]): readonly string[] {
  const entries = readList(env, name);
  if (entries === null) return defaultValue;
  if (entries.join() === 'none') return [];
  const [refused] = parseAddressList(entries).invalid;
  if (refused === undefined) return entries;
  throw new SettingError(name, refused, 'addresses or CIDR ranges, separated by commas; or none');
}

/** The platform's own settings hold its keys: a program never gets them. */
function readVariableNames(env: Env, name: string): string[] {
  const names = readList(env, name) ?? [];
  const refused = names.find(
    (named) => !/^[A-Za-z_]\w*$/.test(named) || /^(PLATFORM|ATTUNE)_|^DATABASE_URL$/.test(named),
  );
  if (refused !== undefined) throw new SettingError(name, refused, "names of variables, none of the platform's own");
  return names;
}

function readWorkerName({ PLATFORM_WORKER_NAME: name }: Env): string | null {
  if (!name || isWorkerName(name)) return name || null;
  throw new SettingError('PLATFORM_WORKER_NAME', name, WORKER_NAME_FORM);
}

const readPlacement = (env: Env): WorkerPlacement => ({
  labels: Object.fromEntries(readParsed(env, 'PLATFORM_WORKER_LABELS', parseLabel, 'key=value, not worker=…')),
  taints: readParsed(env, 'PLATFORM_WORKER_TAINTS', parseTaint, 'key=value:no_schedule or key:prefer_no_schedule'),
});

function readParsed<T>(env: Env, name: string, parse: (text: string) => T | null, expected: string): T[] {
  return (readList(env, name) ?? []).map((text) => {
    const parsed = parse(text);
    if (parsed === null) throw new SettingError(name, text, `${expected}, separated by commas`);
    return parsed;
  });
}

/** Programs that are not confined have the network of the host. */
function readActionNetwork(env: Env, isolation: Settings['isolation']): NetworkMode {
  const network = readChoice(env, 'PLATFORM_ACTION_NETWORK', NETWORK_MODES);
  if (network === 'full' || isolation !== 'off') return network;
  throw new SettingError('PLATFORM_ACTION_NETWORK', network, 'full, or PLATFORM_ISOLATION=auto or required as well');
}

const limitsFrom = (env: Env): Limits => ({
  causationDepth: readNumber(env, 'PLATFORM_CAUSATION_DEPTH', DEFAULT_LIMITS.causationDepth, 1),
  resultBytes: readNumber(env, 'PLATFORM_RESULT_BYTES', DEFAULT_LIMITS.resultBytes, 1_024),
  workflowStateBytes: readNumber(env, 'PLATFORM_WORKFLOW_STATE_BYTES', DEFAULT_LIMITS.workflowStateBytes, 1_024),
  workflowRounds: readNumber(env, 'PLATFORM_WORKFLOW_ROUNDS', DEFAULT_LIMITS.workflowRounds, 1),
  tenant: {
    queuedExecutions: readNumber(env, 'PLATFORM_TENANT_QUEUE', DEFAULT_LIMITS.tenant.queuedExecutions, 0),
    eventsPerMinute: readNumber(env, 'PLATFORM_TENANT_EVENTS', DEFAULT_LIMITS.tenant.eventsPerMinute, 0),
    sockets: readNumber(env, 'PLATFORM_TENANT_SOCKETS', DEFAULT_LIMITS.tenant.sockets, 0),
    managedWorkers: readNumber(env, 'PLATFORM_TENANT_WORKERS', DEFAULT_LIMITS.tenant.managedWorkers, 0),
    storedBytes: readNumber(env, 'PLATFORM_TENANT_BYTES', DEFAULT_LIMITS.tenant.storedBytes, 0),
  },
});

/** Null without the setting. */
const readMemory = (env: Env, name: string): number | null =>
  env[name] ? readNumber(env, name, 0, 64 * 1_024 ** 2) : null;

/** Of one confined program, and of all that a tenant runs. */
const programLimits = (env: Env) => ({
  actionOpenFiles: readNumber(env, 'PLATFORM_ACTION_OPEN_FILES', 4_096, 64),
  actionFileBytes: readNumber(env, 'PLATFORM_ACTION_FILE_BYTES', 1_024 ** 3, 1_024 ** 2),
  actionDiskBytes: readNumber(env, 'PLATFORM_ACTION_DISK_BYTES', 1_024 ** 3, 1_024 ** 2),
  actionProcesses: readNumber(env, 'PLATFORM_ACTION_PROCESSES', 1_024, 16),
  tenantProcesses: readNumber(env, 'PLATFORM_TENANT_PROCESSES', 4_096, 16),
  actionMemoryBytes: readNumber(env, 'PLATFORM_ACTION_MEMORY_BYTES', 2 * 1_024 ** 3, 64 * 1_024 ** 2),
  programsMemoryBytes: readMemory(env, 'PLATFORM_PROGRAMS_MEMORY_BYTES'),
  tenantMemoryBytes: readMemory(env, 'PLATFORM_TENANT_MEMORY_BYTES'),
});

const LOOPBACK_MODES = ['closed', 'open'] as const;
type LoopbackMode = (typeof LOOPBACK_MODES)[number];

/** Only Attune's clients rely on loopback being trusted. */
function readTrustedProxies(env: Env, isAttune: boolean): readonly string[] {
  const defaults = isAttune ? ['127.0.0.0/8', '::1'] : [];
  return readAddresses(env, 'PLATFORM_TRUSTED_PROXIES', defaults);
}

/** Attune's clients register themselves. */
const readSelfRegistration = (env: Env, isCompatible: boolean): boolean =>
  readChoice(env, 'PLATFORM_SELF_REGISTRATION', ['off', 'on'], isCompatible ? 'on' : 'off') === 'on';

/** What other defaults depend on. */
interface SettingDefaults {
  readonly loopback?: LoopbackMode;
  /** `--compat attune`. */
  readonly isCompatible?: boolean;
}

/** The settings that come from the environment (`docs/settings.md`). Throws SettingError. */
export function settingsFrom(env: Env, { loopback = 'closed', isCompatible = false }: SettingDefaults = {}) {
  const extensions = readChoice(env, 'PLATFORM_EXTENSIONS', ['on', 'off']) === 'on';
  const isolation = readChoice(env, 'PLATFORM_ISOLATION', ['auto', 'required', 'off'], extensions ? 'auto' : 'off');
  return {
    extensions,
    selfRegistration: readSelfRegistration(env, isCompatible),
    queueChangeMs: readNumber(env, 'PLATFORM_QUEUE_CHANGE_SECONDS', isCompatible || !extensions ? 1 : 0, 0) * 1_000,
    loginTries: readNumber(env, 'PLATFORM_LOGIN_TRIES', extensions ? 10 : 0, 0),
    trustedProxies: readTrustedProxies(env, isCompatible || !extensions),
    acceptsWorkerTokens: readChoice(env, 'PLATFORM_WORKER_TOKENS', ['off', 'on']) === 'on',
    refreshRotation: readChoice(env, 'PLATFORM_REFRESH_ROTATION', ['off', 'on']) === 'on',
    tokenSecret: env.ATTUNE__SECURITY__JWT_SECRET ?? env.PLATFORM_TOKEN_SECRET ?? null,
    encryptionKey: env.ATTUNE__SECURITY__ENCRYPTION_KEY ?? env.PLATFORM_ENCRYPTION_KEY ?? null,
    formerEncryptionKey: env.PLATFORM_FORMER_ENCRYPTION_KEY || null,
    metricsToken: env.PLATFORM_METRICS_TOKEN || null,
    webDirectory: env.PLATFORM_WEB_DIR ? webDirectory('PLATFORM_WEB_DIR', env.PLATFORM_WEB_DIR) : null,
    agentPrograms: readAgentPrograms(env),
    containers: readContainers(env),
    workers: readNumber(env, 'PLATFORM_WORKERS', 1, 0),
    slots: readNumber(env, 'PLATFORM_WORKER_SLOTS', 10, 1),
    workerName: readWorkerName(env),
    placement: readPlacement(env),
    killGraceMs: readNumber(env, 'PLATFORM_KILL_GRACE_SECONDS', 5, 0) * 1_000,
    shutdownGraceMs: readNumber(env, 'PLATFORM_SHUTDOWN_GRACE_SECONDS', 30, 0) * 1_000,
    heartbeatMs: readNumber(env, 'PLATFORM_HEARTBEAT_SECONDS', 30, 0.1) * 1_000,
    leaseMs: readNumber(env, 'PLATFORM_LEASE_SECONDS', 10, 0.5) * 1_000,
    standaloneLeaseMs: readNumber(env, 'PLATFORM_STANDALONE_LEASE_SECONDS', 60, 1) * 1_000,
    pickUpMs: readNumber(env, 'PLATFORM_PICK_UP_SECONDS', 300, 0.5) * 1_000,
    logLimitBytes: readNumber(env, 'PLATFORM_LOG_LIMIT_BYTES', 10 * 1_024 * 1_024, 1_024),
    sensorBackoffMs: readNumber(env, 'PLATFORM_SENSOR_BACKOFF_SECONDS', 5, 0.05) * 1_000,
    isolation,
    isolationBackend: readChoice(env, 'PLATFORM_ISOLATION_BACKEND', ISOLATION_BACKENDS),
    actionNetwork: readActionNetwork(env, isolation),
    actionLoopback: readChoice(env, 'PLATFORM_ACTION_LOOPBACK', LOOPBACK_MODES, loopback),
    firstActionUid: readNumber(env, 'PLATFORM_ACTION_UIDS', 1_900_000_000, 1_000),
    actionPaths: readList(env, 'PLATFORM_ACTION_PATHS', ':') ?? [],
    ...programLimits(env),
    clockOffsetMs: readNumber(env, 'PLATFORM_CLOCK_OFFSET_SECONDS', 0, 0) * 1_000,
    virtualTime: readChoice(env, 'PLATFORM_VIRTUAL_TIME', ['off', 'on']) === 'on',
    recovery: readChoice(env, 'PLATFORM_RECOVERY', ['auto', 'off'], extensions ? 'auto' : 'off'),
    status: readChoice(env, 'PLATFORM_STATUS', ['extended', 'strict'], extensions ? 'extended' : 'strict'),
    maxRecoveries: readNumber(env, 'PLATFORM_MAX_RECOVERIES', 3, 0),
    retentionSeconds: readNumber(env, 'PLATFORM_RETENTION_DAYS', 30, 0) * 86_400,
    retentionCount: readNumber(env, 'PLATFORM_RETENTION_COUNT', 100_000, 0),
    actionVariables: readVariableNames(env, 'PLATFORM_ACTION_ENV'),
    limits: limitsFrom(env),
    diskFloorBytes: readOptionalNumber(env, 'PLATFORM_DISK_FLOOR_BYTES', 0),
    npmRegistry: env.PLATFORM_NPM_REGISTRY ?? null,
    pythonIndex: env.PLATFORM_PYTHON_INDEX ?? null,
    egress: { allow: readAllowList(env, 'PLATFORM_EGRESS_ALLOW'), nameServers: readList(env, 'PLATFORM_EGRESS_DNS') },
    packRoots: readList(env, 'PLATFORM_PACK_ROOTS', ':'),
  } satisfies Partial<Settings>;
}
