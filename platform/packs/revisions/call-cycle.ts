import type { JsonObject } from '../../../contract/json';
import { callCycle, cycleContents, type CalledWorkflow } from '../../core/workflow/compile/call-cycle';
import { actionRefsOf } from '../../core/workflow/compile/compile';
import type { Transaction } from '../../store/database/connection';
import { listCalledWorkflows, type CalledWorkflowRow } from '../../store/packs/called-workflows';

/** The workflows that a workflow calls, at any depth, and that call it, at any depth. */
export interface CallCycle {
  /** Their ids, without the workflow's own. */
  readonly members: ReadonlySet<number>;
  /** Their refs, and the workflow's own. */
  readonly refs: ReadonlySet<string>;
  /** What they contain, without each other's plans. */
  readonly contents: readonly JsonObject[];
}

type Called = CalledWorkflow & Pick<CalledWorkflowRow, 'id'>;

/** Of the workflow `caller`, which calls the workflows with these refs. */
export async function findCallCycle(
  transaction: Transaction,
  caller: string,
  refs: readonly string[],
): Promise<CallCycle> {
  const called = new Map<string, Called>();
  const seen = new Set([caller]);
  for (let next = refs; next.length > 0;) {
    const unseen = next.filter((ref) => !seen.has(ref));
    for (const ref of unseen) seen.add(ref);
    const rows = await listCalledWorkflows(transaction, unseen);
    for (const row of rows) called.set(row.ref, { ...row, calls: actionRefsOf(row) });
    next = [...new Set(rows.flatMap(({ ref }) => called.get(ref)!.calls))];
  }
  const members = callCycle(caller, [...called.values()]);
  const cycleRefs = new Set([caller, ...members.map(({ ref }) => ref)]);
  return {
    members: new Set(members.map(({ id }) => id)),
    refs: cycleRefs,
    contents: cycleContents(cycleRefs, members),
  };
}
