import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectCgroups } from '../../../platform/worker/process/cgroups';
import { startPreforkPool } from '../../../platform/worker/process/pool/prefork-pool';
import { isAlive } from '../../../platform/worker/process/process-table';
import type { ProcessExit } from '../../../platform/outcomes/program-exit';
import { runProcess, type ProgramSpec } from '../../../platform/worker/process/run-process';
import type { Containment } from '../../../platform/worker/worker-context';

export const KILL_GRACE_MS = 300;
/** For a program that must end before SIGKILL: no pause of a busy host is as long. */
export const LONG_GRACE_MS = 10_000;
export const KIB = 1_024;

/** Arguments of `describe.each`: how processes are contained, and `usesCgroup`. */
export const CONTAINMENTS = [
  ['process group and mark', false],
  ['prefork shell and control group where available', true],
] as const;

/** Waits until the child has also written its pid. */
const WAIT_FOR_BOTH = 'both() { until [ "$(wc -l < "$pids")" = 2 ]; do sleep 0.01; done; }';

interface ProcessRunner {
  /** Runs a bash script. Each of its processes appends its pid to the file `$pids` with `me`. */
  run(script: string, overrides?: Partial<ProgramSpec>): Promise<ProcessExit>;
  /** The file `$pids` of the latest run. */
  pidFile(): string;
  /** The number of pids in the file, by default of the latest run, none of which is alive. */
  countExited(file?: string): number;
}

/** One runner for a group of tests. `slots`: programs that run at the same time. */
export function withProcessRunner(usesCgroup: boolean, slots = 2): ProcessRunner {
  const instance = `shapes-${process.pid}`;
  let directory: string;
  let containment: Containment | null = null;
  let runs = 0;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'shapes-'));
    if (usesCgroup) containment = await detectContainment(instance, directory, slots);
  });
  afterAll(async () => {
    await containment?.preforkPool.close();
    await containment?.cgroups?.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const pidFile = () => join(directory, `pids-${runs}`);
  return {
    pidFile,
    run: (script, overrides = {}) => {
      runs++;
      const prelude = `pids=${pidFile()}; me() { echo "$BASHPID" >> "$pids"; }; export pids; export -f me; me; ${WAIT_FOR_BOTH}\n`;
      return runProcess({
        command: '/bin/bash',
        args: ['-c', prelude + script],
        env: { PATH: process.env.PATH ?? '' },
        cwd: directory,
        input: null,
        limitMs: 60_000,
        killGraceMs: KILL_GRACE_MS,
        logLimitBytes: 256 * KIB,
        stop: new AbortController().signal,
        marker: `${instance}:${runs}:1`,
        cgroupPlacement: containment && { ...containment, owner: String(runs), run: 1, tenant: 1, network: 'full' },
        ...overrides,
      });
    },
    countExited: (file = pidFile()) => {
      const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
      expect(pids.filter(isAlive)).toEqual([]);
      return pids.length;
    },
  };
}

async function detectContainment(
  instance: string,
  temporaryDirectory: string,
  slots: number,
): Promise<Containment | null> {
  const { cgroups } = await detectCgroups({ instance, worker: 'w1', temporaryDirectory });
  const onRefillFailure = (reason: string) => process.emitWarning(reason);
  if (cgroups === null) return null;
  const preforkPool = startPreforkPool({ cgroups, variables: {}, slots, onRefillFailure });
  return { cgroups, preforkPool, builds: null };
}

export const runTimeMs = ({ finishedAt, startedAt }: ProcessExit): number => finishedAt - startedAt;
