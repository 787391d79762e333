import type { Explanation } from '../../../contract/workflows/explanation';
import { explain } from '../../core/workflow/compile/explain';
import type { Transaction } from '../../store/database/connection';
import type { RevisionRow } from '../../store/packs/revisions';
import { planRevision } from './compile-revision';

const NO_TASKS = { tasks: [], output: [], complete: true };

/** What a compile of a revision would give now, beside what it was compiled to. */
export async function explainRevision(transaction: Transaction, row: RevisionRow, ref: string): Promise<Explanation> {
  const { definition, findings, ready, installed } = await planRevision(transaction, row, ref);
  const { revision, state, plan, plan_digest } = row;
  const current = ready?.digest ?? null;
  const workflows = new Set(installed.pins.flatMap(({ ref: action, nested }) => (nested === null ? [] : [action])));
  return {
    workflow: ref,
    revision,
    state,
    plan_digest,
    findings: [...findings],
    current_plan_digest: current,
    stale: plan_digest !== null && plan_digest !== current,
    ...(definition === null ? NO_TASKS : explain(definition, { plan, installed: installed.byRef, workflows })),
  };
}
