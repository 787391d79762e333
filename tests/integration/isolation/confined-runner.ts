import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../../contract/json';
import { repositoryRoot } from '../../../helpers/repository-root';
import type { Attempt } from '../../../platform/store/lifecycle/attempt';
import { createBuildConfinement, type BuildConfinement } from '../../../platform/worker/isolation/build-confinement';
import { closedAddresses } from '../../../platform/worker/isolation/closed-addresses';
import { createIsolation, type Isolation } from '../../../platform/worker/isolation/isolation';
import type { PlatformAddress } from '../../../platform/worker/isolation/platform-network';
import type { IsolationBackend } from '../../../platform/base/settings/isolation';
import { detectCgroups } from '../../../platform/worker/process/cgroups';
import { startPreforkPool } from '../../../platform/worker/process/pool/prefork-pool';
import { findPython } from '../../../platform/worker/runtimes/python';
import type { Containment } from '../../../platform/worker/worker-context';
import { AVAILABLE_BACKENDS, bubblewrapOf, currentBackend } from './backends';
import { createAttemptRunner, type AttemptRunner } from '../worker/attempt-runner';

/** Each runner has control groups of its own. */
let runners = 0;

/**
 * The kernel counts the processes of a user id over all programs: the files that run at the same
 * time have their own.
 */
export const FIRST_UID = 1_900_000_000 + Number(process.env.JEST_WORKER_ID ?? 0) * 1_000;

/** Runs attempts of tenants in confinements. */
export interface ConfinedRunner {
  readonly directory: string;
  /** Names its control groups. */
  readonly instance: string;
  readonly runner: AttemptRunner;
  /** Writes a file of a tenant's pack `demo`, with the directories of its path. */
  writePackFile(tenant: number, path: string, text: string): void;
  /** Runs an inline script and returns its standard output. */
  output(script: string, overrides?: Partial<Attempt>): Promise<string>;
  result(script: string, overrides?: Partial<Attempt>): Promise<JsonObject>;
  packDirectory(tenant: number): string;
  readonly builds: BuildConfinement;
  /** Whether the host's control groups limit what the processes of an attempt use together. */
  readonly hasGroupLimits: boolean;
  /** Whether interpreters can wait for programs: where each gets a control group of its own. */
  readonly hasWarmInterpreters: boolean;
}

export const LIMITS = {
  openFiles: 1_024,
  fileBytes: 2 ** 30,
  processes: 100,
  tenantProcesses: 150,
  memoryBytes: 2 ** 30,
  tenantMemoryBytes: 3 * 2 ** 30,
  programsMemoryBytes: 4 * 2 ** 30,
};

/**
 * One runner for the tests of a file, of the backend of each test. `platform`: what the network
 * `api-only` leads to; `closed`: what differs from the addresses that `full` does not contain by
 * default.
 */
export function withConfinedRunner(
  platform: () => PlatformAddress = () => ({ host: '127.0.0.1', ports: [] }),
  closed: Partial<ClosedOptions> = {},
  limits: Partial<typeof LIMITS> = {},
): () => ConfinedRunner {
  const opened = new Map<IsolationBackend, OpenedRunner>();
  beforeAll(async () => {
    for (const backend of AVAILABLE_BACKENDS)
      opened.set(backend, await openRunner(backend, platform(), closed, { ...LIMITS, ...limits }));
  });
  afterAll(async () => {
    for (const { close } of opened.values()) await close();
  });
  return () => opened.get(currentBackend())!.confined;
}

interface OpenedRunner {
  readonly confined: ConfinedRunner;
  close(): Promise<void>;
}

async function openRunner(
  backend: IsolationBackend,
  platform: PlatformAddress,
  closed: Partial<ClosedOptions>,
  limits: typeof LIMITS,
): Promise<OpenedRunner> {
  const directory = mkdtempSync(join(tmpdir(), 'confine-'));
  chmodSync(directory, 0o711);
  const isolation = await openIsolation(directory, { backend, platform, closed });
  const instance = `confine-${process.pid}-${++runners}`;
  const confinement = await openConfinement(directory, isolation, instance, limits);
  const { containment } = confinement;
  const confined = confinedRunner(directory, confinement);
  const close = async () => {
    await containment.preforkPool.close();
    await isolation.close();
    await containment.cgroups?.close();
    confined.runner[Symbol.dispose]();
    rmSync(directory, { recursive: true, force: true });
  };
  return { confined, close };
}

interface Confinement {
  readonly instance: string;
  readonly containment: Containment;
  readonly hasGroupLimits: boolean;
}

type ClosedOptions = Parameters<typeof closedAddresses>[0];

interface RunnerOptions {
  readonly backend: IsolationBackend;
  readonly platform: PlatformAddress;
  readonly closed: Partial<ClosedOptions>;
}

/** Of an isolation without control groups. */
export const isolationOptions = (directory: string, backend: IsolationBackend) => ({
  directory,
  worker: 'w1',
  program: null,
  projectDirectories: [],
  sharedPaths: [],
  platform: { host: '127.0.0.1', ports: [] },
  root: repositoryRoot(),
  variables: {},
  bubblewrap: bubblewrapOf(backend),
  closedAddresses: () => Promise.reject(new Error('without a control group, none is closed')),
  onWarning: process.emitWarning,
  firstUid: FIRST_UID,
  limits: LIMITS,
  privateBytes: 2 ** 26,
});

async function openIsolation(directory: string, { backend, platform, closed }: RunnerOptions): Promise<Isolation> {
  const python = await findPython();
  const defaults = { allow: [], nameServers: null, ofHost: true, onWarning: process.emitWarning };
  const addresses = { platform, ...defaults, ...closed };
  return createIsolation({
    ...isolationOptions(directory, backend),
    platform,
    python: python?.path ?? null,
    closedAddresses: () => closedAddresses(addresses),
    interpreters: [process.execPath, ...(python === null ? [] : [python.path])],
  });
}

async function openConfinement(
  directory: string,
  isolation: Isolation,
  instance: string,
  limits: typeof LIMITS,
): Promise<Confinement> {
  const detected = await detectCgroups({
    instance,
    worker: 'w1',
    temporaryDirectory: join(directory, 'tmp'),
    limits,
  });
  const variables = { PATH: process.env.PATH ?? '' };
  const onRefillFailure = (why: string) => process.emitWarning(why);
  const { cgroups } = detected;
  const preforkPool = startPreforkPool({ cgroups, variables, slots: 2, isolation, onRefillFailure });
  const builds = createBuildConfinement({ isolation, cgroups });
  return {
    instance,
    containment: { cgroups, preforkPool, builds },
    hasGroupLimits: detected.cgroups !== null && detected.missingLimits.length === 0,
  };
}

function confinedRunner(directory: string, { instance, containment, hasGroupLimits }: Confinement): ConfinedRunner {
  const runner = createAttemptRunner({ directory, containment, instance });
  const packDirectory = (tenant: number) => join(directory, 'packs', String(tenant), 'demo');
  const result: ConfinedRunner['result'] = (script, overrides = {}) => runner.runScript(script, overrides);
  return {
    directory,
    instance,
    runner,
    hasGroupLimits,
    hasWarmInterpreters: containment.cgroups !== null,
    builds: containment.builds!,
    packDirectory,
    result,
    writePackFile: (tenant, path, text) => {
      const file = join(packDirectory(tenant), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { mode: 0o755 });
    },
    output: async (script, overrides) => {
      const { stdout, ...rest } = await result(script, overrides);
      if (typeof stdout !== 'string') throw new Error(`no output: ${JSON.stringify(rest)}`);
      return stdout;
    },
  };
}
