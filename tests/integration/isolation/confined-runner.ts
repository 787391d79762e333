import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonObject } from '../../../contract/json';
import type { Attempt } from '../../../platform/store/lifecycle/attempt';
import { createIsolation } from '../../../platform/worker/isolation/isolation';
import { detectCgroups } from '../../../platform/worker/process/cgroups';
import { startPreforkPool } from '../../../platform/worker/process/prefork-pool';
import { findPython } from '../../../platform/worker/runtimes/python';
import type { Containment } from '../../../platform/worker/worker-context';
import { createAttemptRunner, type AttemptRunner } from '../worker/attempt-runner';

const INSTANCE = `confine-${process.pid}`;
const FIRST_UID = 1_900_000_000;

/** Runs attempts of tenants in sandboxes. */
export interface ConfinedRunner {
  readonly directory: string;
  readonly runner: AttemptRunner;
  /** Writes a file of a tenant's pack `demo`, with the directories of its path. */
  writePackFile(tenant: number, path: string, text: string): void;
  /** Runs an inline script and returns its standard output. */
  output(script: string, overrides?: Partial<Attempt>): Promise<string>;
  result(script: string, overrides?: Partial<Attempt>): Promise<JsonObject>;
  packDirectory(tenant: number): string;
}

/** One runner for the tests of a file. */
export const LIMITS = { openFiles: 1_024, fileBytes: 2 ** 30, processes: 100, memoryBytes: 2 ** 30 };

export function withConfinedRunner(): () => ConfinedRunner {
  let confined: ConfinedRunner;
  let containment: Containment;
  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'confine-'));
    chmodSync(directory, 0o711);
    containment = await confinement(directory);
    confined = confinedRunner(directory, containment);
  });
  afterAll(async () => {
    await containment.preforkPool.close();
    await containment.cgroups?.close();
    confined.runner[Symbol.dispose]();
    rmSync(confined.directory, { recursive: true, force: true });
  });
  return () => confined;
}

async function confinement(directory: string): Promise<Containment> {
  const { cgroups } = await detectCgroups({
    instance: INSTANCE,
    worker: 'w1',
    temporaryDirectory: join(directory, 'tmp'),
  });
  const python = await findPython();
  const { shellFor } = createIsolation({
    ...{ directory, worker: 'w1', program: null, projectDirectories: [], sharedPaths: [] },
    interpreters: [process.execPath, ...(python === null ? [] : [python.path])],
    ...{ firstUid: FIRST_UID, limits: LIMITS, privateBytes: 2 ** 26 },
  });
  const variables = { PATH: process.env.PATH ?? '' };
  const onRefillFailure = (why: string) => process.emitWarning(why);
  return { cgroups, preforkPool: startPreforkPool({ cgroups, variables, slots: 2, shellFor, onRefillFailure }) };
}

function confinedRunner(directory: string, containment: Containment): ConfinedRunner {
  const runner = createAttemptRunner({ directory, containment, instance: INSTANCE });
  const packDirectory = (tenant: number) => join(directory, 'packs', String(tenant), 'demo');
  const result: ConfinedRunner['result'] = (script, overrides = {}) => runner.runScript(script, overrides);
  return {
    directory,
    runner,
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
