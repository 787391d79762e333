import type { Status } from '../../../contract/status';
import { SYSTEM_LIMIT } from '../../base/limits';
import type { ProcessLimit, WorkerFit } from '../../core/waiting/facts';
import { WaitingTree } from '../../core/waiting/waiting-tree';
import type { Transaction } from '../../store/database/connection';
import { loadLimits } from '../../store/executions/attempt-details';
import { loadWaitingRows } from '../../store/executions/waiting-rows';
import { workerStates } from '../../store/workers/workers';
import { AffinityError } from '../../core/worker/placement';
import { demandOf } from './assignment';
import { fitOf } from './placement';
import { readRequested, type RequestedExecution } from './requested-executions';

interface LoadedTree {
  readonly tree: WaitingTree;
  /** Of the execution that was given. */
  readonly status: Status;
  /** When a row of the tree changed last. */
  readonly since: string;
}

/** What decides why the executions of a tree wait. `staleMs`: as for the dispatch. */
export async function loadWaitingTree(transaction: Transaction, id: number, staleMs: number): Promise<LoadedTree> {
  const { status, since, running, placeable, ...rows } = await loadWaitingRows(transaction, id);
  const given = await loadLimits(transaction, running);
  const limits = new Map<number, ProcessLimit>(running.map((each) => [each, given.get(each) ?? SYSTEM_LIMIT]));
  const fits = await loadFits(transaction, placeable, staleMs);
  return { status, since, tree: new WaitingTree({ ...rows, limits, fits }) };
}

/** Of those that need a worker: neither workflows nor inquiries, and not those for one worker. */
async function loadFits(
  transaction: Transaction,
  ids: readonly number[],
  staleMs: number,
): Promise<Map<number, WorkerFit>> {
  const requested = ids.length === 0 ? [] : (await readRequested(transaction, ids)).filter(needsWorker);
  if (requested.length === 0) return new Map();
  const workers = await workerStates(transaction, staleMs);
  return new Map(
    requested.flatMap((execution) => {
      try {
        return [[execution.id, fitOf(workers, demandOf(execution))] as const];
      } catch (error) {
        if (error instanceof AffinityError) return []; // the dispatch fails it
        throw error;
      }
    }),
  );
}

const needsWorker = ({ workflow_def, is_ask, addressed_to, action }: RequestedExecution): boolean =>
  workflow_def === null && !is_ask && addressed_to === null && action !== null;
