import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Attempt, AttemptOutcome } from '../../../platform/store/lifecycle/attempt';
import type { EnvironmentReport } from '../../../platform/store/packs/environment-report';
import { runAttempt, type AttemptHooks } from '../../../platform/worker/attempts/run-attempt';
import type { WorkerContext } from '../../../platform/worker/worker-context';

const LIMIT_SECONDS = 20;
/** Of every attempt with permission sets. */
export const ATTEMPT_TOKEN = 'an.attempt-token.of-these-tests';

let executions = 40;

/** An attempt with an execution id of its own: attempts of one execution are killed together. */
export const buildAttempt = (overrides: Partial<Attempt> = {}): Attempt => ({
  execution: ++executions,
  tenant: 1,
  fencingToken: 7,
  attempt: 1,
  root: 41,
  actionRef: 'demo.act',
  packRef: 'demo',
  packDirectory: null,
  network: 'full',
  entrypoint: 'echo hi',
  runtime: 'shell',
  runtimeVersionConstraint: null,
  isAdhoc: true,
  delivery: 'stdin',
  parameterFormat: 'json',
  outputFormat: 'text',
  parameters: {},
  context: null,
  secrets: [],
  problem: null,
  missingConnection: null,
  credential: null,
  envVars: {},
  rule: null,
  trigger: null,
  limit: { seconds: LIMIT_SECONDS, level: 'system' },
  ...overrides,
});

/** Runs attempts in a temporary directory that contains a pack. */
export interface AttemptRunner extends Disposable {
  readonly directory: string;
  readonly packDirectory: string;
  readonly reports: EnvironmentReport[];
  readonly logEntries: { type: LogType; payload: JsonObject }[];
  /** Names of the files with output of attempts. */
  logFiles(): string[];
  writePackFile(path: string, text: string, mode?: number): void;
  /** `settings`: of the worker, in place of those of the runner. */
  run(
    overrides: Partial<Attempt>,
    stop?: AbortSignal,
    settings?: Partial<WorkerContext>,
  ): Promise<AttemptOutcome | null>;
  /** Runs an inline script and returns its result. */
  runScript(text: string, overrides?: Partial<Attempt>): Promise<JsonObject>;
  /** Writes a file of the pack, runs it and returns its result. */
  runAction(name: string, text: string, overrides: Partial<Attempt>): Promise<JsonObject>;
}

export const WORKER_CONTEXT: Omit<WorkerContext, 'directory'> = {
  instance: `test-${process.pid}`,
  worker: 'w1',
  log: pino({ level: 'silent' }),
  containment: null,
  apiUrl: 'http://127.0.0.1:9',
  extensions: true,
  killGraceMs: 300,
  logLimitBytes: 1_024 * 1_024,
  actionVariables: [],
  presetVariables: {},
  actionNetwork: 'full',
  npmRegistry: null,
  pythonIndex: null,
  containers: null,
  egress: { allow: [], nameServers: null },
  program: '/no/program',
};

export function createAttemptRunner(settings: Partial<WorkerContext> = {}): AttemptRunner {
  const directory = mkdtempSync(join(tmpdir(), 'worker-'));
  const packDirectory = join(directory, 'packs', 'demo');
  mkdirSync(join(packDirectory, 'actions'), { recursive: true });
  const logEntries: AttemptRunner['logEntries'] = [];
  const reports: AttemptRunner['reports'] = [];
  const workerContext = { ...WORKER_CONTEXT, directory, ...settings };
  const hooks = recordingHooks(logEntries, reports);
  const runner: AttemptRunner = {
    directory,
    packDirectory,
    logEntries,
    reports,
    logFiles: () => listFiles(join(directory, 'logs')),
    writePackFile: (path, text, mode = 0o644) => {
      mkdirSync(dirname(join(packDirectory, path)), { recursive: true });
      writeFileSync(join(packDirectory, path), text, { mode });
    },
    run: (overrides, stop = new AbortController().signal, replaced = {}) =>
      runAttempt(buildAttempt(overrides), { ...workerContext, ...replaced }, hooks, stop),
    runScript: async (text, overrides = {}) => (await runner.run({ entrypoint: text, ...overrides }))!.result,
    runAction: async (name, text, overrides) => {
      runner.writePackFile(`actions/${name}`, text, 0o755);
      return (await runner.run({ packDirectory, isAdhoc: false, entrypoint: name, ...overrides }))!.result;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
  return runner;
}

const listFiles = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    : [];

/** Hooks that allow every start and record what they receive. */
const recordingHooks = (logEntries: AttemptRunner['logEntries'], reports: AttemptRunner['reports']): AttemptHooks => ({
  fetchPack: () => Promise.resolve(null),
  issueToken: () => Promise.resolve(ATTEMPT_TOKEN),
  beforeStart: () => Promise.resolve(true),
  reportEnvironment: (report) => {
    reports.push(report);
    return Promise.resolve();
  },
  appendLog: (type, payload) => {
    logEntries.push({ type, payload });
    return Promise.resolve();
  },
});

/** One runner for the tests of a file. */
export function withAttemptRunner(): () => AttemptRunner {
  let runner: AttemptRunner;
  beforeAll(() => {
    runner = createAttemptRunner();
  });
  afterAll(() => runner[Symbol.dispose]());
  return () => runner;
}
