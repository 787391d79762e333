import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readOrEmpty } from '../../../../helpers/scenario/processes';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { pidsMentioning } from '../../embedded/holder-process';
import { livenessDeadline } from '../../liveness';
import type { FaultPlatform } from '../fault-platform';

/**
 * Waits until no program of these executions runs. One whose worker was stopped is ended by that
 * worker's next heartbeat.
 */
export async function untilNoProgramRuns(platform: FaultPlatform, executions: readonly number[]): Promise<void> {
  const ended = new Set(executions);
  const running = () => pidsMentioning(platform.url).filter((pid) => ended.has(executionOf(pid)));
  await until(
    predicateToHold('no program of an ended execution to run', () => running().length === 0),
    livenessDeadline(),
  );
}

/** Of the environment of a program; NaN: it is none. */
const executionOf = (pid: number): number =>
  Number(/(?:^|\0)ATTUNE_EXEC_ID=(\d+)\0/.exec(readOrEmpty(`/proc/${pid}/environ`))?.[1]);

/**
 * What a platform that has stopped has left: processes and files of any of its starts, and private
 * files of the workers that it has stopped.
 */
export const leftOvers = (platform: FaultPlatform): string[] => [
  ...pidsMentioning(platform.base.path).map((pid) => `process ${pid} is left`),
  ...[platform.main, platform.executor!]
    .flatMap(({ platformFiles }) => platformFiles.map((file) => dirname(file)))
    .filter((directory) => existsSync(directory))
    .map((directory) => `${directory} is left`),
  ...readdirSync(join(platform.base.path, 'data/tmp'))
    .filter((worker) => worker.startsWith(platform.main.running.instance_id))
    .map((worker) => `the directory of worker ${worker} is left`),
];
