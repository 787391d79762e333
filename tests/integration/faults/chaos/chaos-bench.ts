import { createCrashPack, type CrashPack } from '../crash/crash-pack';
import { newestExecution, settledExecutions } from '../crash/stored-trees';
import { FaultPlatform } from '../fault-platform';
import { checkAccepted, checkTrees, shapeOfTree } from '../history/check-trees';
import { LOAD_NAMES, runToEnd, type LoadName } from './load';

const WORKERS = 2;

export interface ChaosBench {
  readonly platform: FaultPlatform;
  readonly pack: CrashPack;
  /** What each history of the load decides without a fault. */
  readonly shapes: ReadonlyMap<LoadName, readonly string[]>;
}

/** Starts a platform with two executors, and runs each history of the load once. */
export async function startChaosBench(): Promise<ChaosBench & AsyncDisposable> {
  const platform = await FaultPlatform.start(WORKERS);
  const dispose = { [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
  try {
    await platform.addExecutor();
    const pack = await createCrashPack(platform);
    return { platform, pack, shapes: await shapesWithoutFault(platform, pack), ...dispose };
  } catch (error) {
    await platform[Symbol.asyncDispose]();
    throw error;
  }
}

async function shapesWithoutFault(platform: FaultPlatform, pack: CrashPack): Promise<ChaosBench['shapes']> {
  const before = await newestExecution(platform);
  const accepted = await Promise.all(
    LOAD_NAMES.map((history) => runToEnd({ platform, pack, name: `clean ${history}` }, history)),
  );
  const executions = await settledExecutions(platform, before);
  const names = accepted.map(({ name }) => name);
  const anomalies = [...checkAccepted(names, executions), ...checkTrees(executions, pack.ledger())];
  if (anomalies.length > 0) throw new Error(`without a fault: ${anomalies.join('; ')}`);
  const shapes = accepted.map(({ name, history }) => {
    const root = executions.find((execution) => execution.name === name && execution.parent === null)!;
    return [history, shapeOfTree(executions, root.id)] as const;
  });
  return new Map(shapes);
}
