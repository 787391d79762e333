import type { JsonObject } from '../../../../contract/json';
import type { Plan } from '../../../../contract/workflows';
import { writeJson } from '../../../../contract/json-text/write-json';

/** A workflow as it is shown, and as it was last compiled. */
export interface CalledWorkflow {
  readonly ref: string;
  readonly definition: JsonObject;
  readonly param_schema: JsonObject | null;
  readonly out_schema: JsonObject | null;
  /** Null: it is not compiled. */
  readonly plan: Plan | null;
  /** Refs of the actions that it names. */
  readonly calls: readonly string[];
}

/** Those of the called workflows that lead back to the caller, by ref. */
export function callCycle<W extends Pick<CalledWorkflow, 'ref' | 'calls'>>(caller: string, called: readonly W[]): W[] {
  const leading = new Set([caller]);
  for (let before = 0; before < leading.size;) {
    before = leading.size;
    for (const { ref, calls } of called) if (calls.some((action) => leading.has(action))) leading.add(ref);
  }
  return called.filter(({ ref }) => ref !== caller && leading.has(ref)).sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

/**
 * What the members of a cycle contain themselves: their definitions, and the digests of the
 * actions that they name outside of it. A digest of their plans would change with each compile of
 * another member.
 */
export function cycleContents(refs: ReadonlySet<string>, members: readonly CalledWorkflow[]): JsonObject[] {
  return members.map(({ ref, definition, param_schema, out_schema, plan }) => ({
    ref,
    definition,
    param_schema,
    out_schema,
    actions: plan === null ? null : outerActions(plan, refs),
  }));
}

/** Whether the plans differ at most in actions of the cycle. */
export const haveSameOwnActions = (left: Plan, right: Plan, cycle: ReadonlySet<string>): boolean =>
  writeJson(outerActions(left, cycle)) === writeJson(outerActions(right, cycle));

const outerActions = ({ actions }: Plan, cycle: ReadonlySet<string>): JsonObject[] =>
  actions.filter(({ action }) => !cycle.has(action)).map(({ task, action, digest }) => ({ task, action, digest }));
