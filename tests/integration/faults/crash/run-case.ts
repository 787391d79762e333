import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { HAPPENED, type CrashPlan, type Moment } from '../../../../tools/detection/boundaries/fault-point';
import { compareShapes } from '../history/check-shapes';
import { checkAccepted, checkTimer, checkTrees, shapeOfTree } from '../history/check-trees';
import { databaseVictim } from '../database-processes';
import type { FaultPlatform } from '../fault-platform';
import { livenessDeadline } from '../../liveness';
import type { CrashPack } from './crash-pack';
import { HISTORIES, type HistoryName } from './histories';
import type { Row } from './matrix';
import { newestExecution, settledExecutions, storedOccurrences } from './stored-trees';

/** What is killed at a boundary; `connection`: the reply of the database is lost. */
export const ROLES = ['platform', 'worker', 'database', 'stack', 'connection'] as const;
type Role = (typeof ROLES)[number];

export interface CrashCase extends Row {
  readonly boundary: string;
  readonly moment: Moment;
  readonly role: Role;
}

export interface CrashBench {
  readonly platform: FaultPlatform;
  readonly pack: CrashPack;
  /** The file of the plans, which the platform reads. */
  readonly crashFile: string;
  /** The shape of each history that has run without a fault. */
  readonly shapes: Map<HistoryName, readonly string[]>;
}

/**
 * Kills a role at the boundary while its history runs, and returns what is wrong afterwards.
 * `name`: of the execution that the history causes. Throws where the boundary is not reached.
 */
export async function runCase(bench: CrashBench, crashCase: CrashCase, name: string): Promise<string[]> {
  const { platform, crashFile } = bench;
  const expected = await cleanShape(bench, crashCase.history);
  rmSync(crashFile + HAPPENED, { force: true });
  writeFileSync(crashFile, JSON.stringify(await plansOf(platform, crashCase)));
  const happened = predicateToHold(`the fault at ${crashCase.boundary} to happen`, () =>
    existsSync(crashFile + HAPPENED),
  );
  try {
    const { shape, anomalies } = await runHistory(bench, crashCase.history, name, () =>
      until(happened, livenessDeadline()),
    );
    return [...anomalies, ...compareShapes(expected, shape)];
  } finally {
    rmSync(crashFile, { force: true });
  }
}

async function cleanShape(bench: CrashBench, history: HistoryName): Promise<readonly string[]> {
  const known = bench.shapes.get(history);
  if (known) return known;
  const { shape, anomalies } = await runHistory(bench, history, `clean ${history}`, () => Promise.resolve());
  if (anomalies.length > 0) throw new Error(`${history} without a fault: ${anomalies.join('; ')}`);
  bench.shapes.set(history, shape);
  return shape;
}

/** `happened`: what else must have happened before the state is examined. */
async function runHistory(
  { platform, pack }: CrashBench,
  history: HistoryName,
  name: string,
  happened: () => Promise<unknown>,
): Promise<{ shape: string[]; anomalies: string[] }> {
  const before = await newestExecution(platform);
  const executions = await platform.keepRunning(async () => {
    await HISTORIES[history]({ platform, pack, name });
    await happened();
    return settledExecutions(platform, before);
  });
  const occurrences = await storedOccurrences(platform, executions.at(-1)!.id);
  const anomalies = [
    ...checkAccepted([name], executions),
    ...checkTrees(executions, pack.ledger()),
    ...checkTimer(occurrences),
  ];
  const root = executions.find((execution) => execution.name === name);
  return { shape: shapeOfTree(executions, root?.id), anomalies };
}

async function plansOf(
  platform: FaultPlatform,
  { boundary, occurrence = 1, moment, role, after }: CrashCase,
): Promise<CrashPlan[]> {
  const workers = role === 'worker' || role === 'stack' ? await platform.workers() : [];
  const database = role === 'database' || role === 'stack' ? [await databaseVictim(platform)] : [];
  const self = role === 'connection' ? 'disconnected' : role === 'platform' || role === 'stack' ? 'killed' : 'unharmed';
  const plan: CrashPlan = { boundary, occurrence, moment, kill: [...workers, ...database], self };
  if (after === undefined) return [plan];
  return [{ boundary: after, occurrence: 1, moment: 'before', kill: [], self: 'rejected' }, plan];
}
