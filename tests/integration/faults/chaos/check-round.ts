import type { StoredExecution, StoredOccurrence } from '../history/check-trees';
import { checkAccepted, checkTimer, checkTrees } from '../history/check-trees';
import { checkRegisters } from '../history/check-registers';
import { checkShapes } from '../history/check-shapes';
import { checkSet } from '../history/check-work';
import type { LedgerLine, Operation } from '../history/operations';
import type { Accepted, LoadName } from './load';

/** What clients were promised, and what the platform and its programs have stored. */
export interface RoundState {
  readonly accepted: readonly Accepted[];
  readonly operations: readonly Operation[];
  /** Names of the executions that measured a recovery. */
  readonly probes: readonly string[];
  readonly executions: readonly StoredExecution[];
  readonly ledger: readonly LedgerLine[];
  readonly occurrences: readonly StoredOccurrence[];
}

/** One process that completes: what everything else of a round is. */
const ONE_PROCESS = ['root/-.0 completed', 'root/-.0: EXECUTION_COMPLETED'];

/** The anomalies of a round. `shapes`: of its histories without a fault. */
export function checkRound(
  { accepted, operations, probes, executions, ledger, occurrences }: RoundState,
  shapes: ReadonlyMap<LoadName, readonly string[]>,
): string[] {
  const histories = new Map(accepted.map(({ name, history }) => [name, history]));
  const names = [...histories.keys(), ...probes];
  return [
    ...checkAccepted(names, executions),
    ...checkSet(operations, executions),
    ...checkTrees(executions, ledger),
    ...checkShapes(executions, ({ name }) => shapes.get(histories.get(name ?? '')!) ?? ONE_PROCESS),
    ...checkTimer(occurrences),
    ...checkRegisters(operations),
  ];
}
