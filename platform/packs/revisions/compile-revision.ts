import type { Plan } from '../../../contract/workflows';
import { writeJson } from '../../../contract/json-text/write-json';
import { haveSameOwnActions } from '../../core/workflow/compile/call-cycle';
import { actionRefsOf, compile, type Compiled } from '../../core/workflow/compile/compile';
import type { Transaction } from '../../store/database/connection';
import { sha256Hex } from '../../store/database/sha256';
import { listShownDrafts, markInvalid, markReady, type ReadyPlan, type RevisionRow } from '../../store/packs/revisions';
import type { PinnedAction } from '../../store/packs/pinned-actions';
import { findInstalledActions } from './installed-actions';

type Installed = Awaited<ReturnType<typeof findInstalledActions>>;

type Planned = Pick<Compiled, 'definition' | 'findings'> & {
  readonly ready: ReadyPlan | null;
  readonly installed: Installed;
};

/** A revision with its plan, or with what is wrong with it. Nothing is stored. */
export async function planRevision(transaction: Transaction, revision: RevisionRow, ref: string): Promise<Planned> {
  const { param_schema, out_schema } = revision;
  const source = { ref, definition: revision.definition, param_schema, out_schema };
  const installed = await findInstalledActions(transaction, actionRefsOf(source), {
    workflow: revision.workflow,
    ref,
  });
  const { definition, plan, findings } = compile(source, installed);
  if (plan === null) return { definition, findings, installed, ready: null };
  const digest = sha256Hex(writeJson({ ...source, plan }));
  return {
    definition,
    findings,
    installed,
    ready: {
      plan,
      digest,
      replaces: replacedPlan(revision, plan, installed.cycle),
      actions: installed.pins.map((pin) => withOwnPlan(pin, revision, digest)),
    },
  };
}

/** The revision's last plan, if those that call it back have its present contents. */
const replacedPlan = (
  { plan: last, plan_digest: digest }: RevisionRow,
  plan: Plan,
  { members, refs }: Installed['cycle'],
): ReadyPlan['replaces'] =>
  members.size > 0 && last !== null && digest !== null && haveSameOwnActions(last, plan, refs)
    ? { digest, workflows: [...members] }
    : null;

/** A workflow that calls itself runs the plan that pins it. */
const withOwnPlan = (pin: PinnedAction, { workflow, revision }: RevisionRow, planDigest: string): PinnedAction =>
  pin.nested?.workflow === workflow ? { ...pin, nested: { workflow, revision, planDigest } } : pin;

/** Compiles what was saved: the revision is ready, or invalid with its findings. */
export async function compileSaved(
  transaction: Transaction,
  saved: Parameters<typeof listShownDrafts>[1],
): Promise<void> {
  for (const draft of await listShownDrafts(transaction, saved)) {
    const { ready, findings } = await planRevision(transaction, draft, draft.ref);
    if (ready !== null) await markReady(transaction, draft, ready, draft);
    else await markInvalid(transaction, draft, findings);
  }
}
