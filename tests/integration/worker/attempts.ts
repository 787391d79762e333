import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Attempt, Outcome } from '../../../platform/worker/attempt';
import type { EnvironmentReport } from '../../../platform/worker/environments/report';
import { runAttempt } from '../../../platform/worker/run-attempt';
import type { Surroundings } from '../../../platform/worker/surroundings';

export const LIMIT_S = 20;

let executions = 40;

/** An attempt of an execution of its own: two of one execution would be swept together. */
export const anAttempt = (more: Partial<Attempt> = {}): Attempt => ({
  execution: ++executions,
  tenant: 1,
  fencingToken: 7,
  attempt: 1,
  root: 41,
  actionRef: 'demo.act',
  packRef: 'demo',
  packDirectory: null,
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
  credential: null,
  envVars: {},
  rule: null,
  trigger: null,
  limit: { seconds: LIMIT_S, level: 'system' },
  ...more,
});

/** A directory of this test, a pack in it, and a way to run attempts there. */
export interface Bench extends Disposable {
  readonly directory: string;
  readonly packDirectory: string;
  readonly reports: EnvironmentReport[];
  readonly notes: { type: LogType; payload: JsonObject }[];
  file(path: string, text: string, mode?: number): void;
  run(more: Partial<Attempt>, stop?: AbortSignal): Promise<Outcome | null>;
  /** Runs an inline script and answers its result. */
  script(text: string, more?: Partial<Attempt>): Promise<JsonObject>;
  /** Runs a file of the pack and answers its result. */
  action(name: string, text: string, more: Partial<Attempt>): Promise<JsonObject>;
}

export function openBench(settings: Partial<Surroundings> = {}): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'worker-'));
  const packDirectory = join(directory, 'packs', 'demo');
  mkdirSync(join(packDirectory, 'actions'), { recursive: true });
  const notes: Bench['notes'] = [];
  const surroundings: Surroundings = {
    directory,
    instance: `test-${process.pid}`,
    worker: 'bench',
    containment: null,
    apiUrl: 'http://127.0.0.1:9',
    killGraceMs: 300,
    logLimitBytes: 1_024 * 1_024,
    npmRegistry: null,
    tokenSecret: 'a secret of these tests, 32 bytes and more',
    pythonIndex: null,
    egress: { allow: [], nameServers: null },
    program: '/no/program',
    ...settings,
  };
  const reports: Bench['reports'] = [];
  const hooks = {
    report: (report: EnvironmentReport) => {
      reports.push(report);
      return Promise.resolve();
    },
    started: () => Promise.resolve(true),
    said: () => Promise.resolve(),
    note: (type: LogType, payload: JsonObject) => {
      notes.push({ type, payload });
      return Promise.resolve();
    },
  };
  const bench: Bench = {
    directory,
    packDirectory,
    notes,
    reports,
    file: (path, text, mode = 0o644) => {
      mkdirSync(dirname(join(packDirectory, path)), { recursive: true });
      writeFileSync(join(packDirectory, path), text, { mode });
    },
    run: (more, stop = new AbortController().signal) => runAttempt(anAttempt(more), surroundings, hooks, stop),
    script: async (text, more = {}) => (await bench.run({ entrypoint: text, ...more }))!.result,
    action: async (name, text, more) => {
      bench.file(`actions/${name}`, text, 0o755);
      return (await bench.run({ packDirectory, isAdhoc: false, entrypoint: name, ...more }))!.result;
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
  return bench;
}
