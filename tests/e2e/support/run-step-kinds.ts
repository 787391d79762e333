import type { Json } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import { upperAction } from '../../../helpers/fixtures/arm-program';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { taskName } from '../../../helpers/scenario/resources/child-executions';
import { createWorkflow } from '../../../helpers/scenario/resources/workflow-task';
import { PROGRAM_KINDS } from './program-kinds';
import type { ProgramStep, StepKindCase } from '../../../helpers/scenario/step-kind';

/** How the workflow of a case ended. */
interface Outcome extends Pick<StepKindCase, 'value' | 'children'> {
  readonly status: Status;
}

type Cases = Readonly<Record<string, StepKindCase>>;
type Outcomes = Readonly<Record<string, Outcome>>;

/** The cases of a runtime, for the programs of a pack that `uploadArmPack` has uploaded. */
export function programCases(pack: string, runtime: string, workflows: string): Cases {
  const action = upperAction(pack, runtime);
  const step: ProgramStep = {
    runtime,
    nested: `${workflows}.action`,
    run: (name, text, more = {}) => ({ name, action, input: { text }, ...more }),
  };
  return Object.fromEntries(Object.entries(PROGRAM_KINDS).map(([kind, caseOf]) => [kind, caseOf(step)]));
}

/** What every case must end with. */
export const expectedOutcomes = (cases: Cases): Outcomes =>
  Object.fromEntries(
    Object.entries(cases).map(([kind, { value, children }]) => [kind, { status: 'completed', value, children }]),
  );

/**
 * Runs one workflow of the test's own pack for each case, all at the same time after the first
 * one: a compiler then has its cache, and a nested workflow exists.
 */
export async function runCases(ctx: Context, cases: Cases): Promise<Outcomes> {
  const [first, ...others] = Object.entries(cases);
  const run = async ([kind, one]: [string, StepKindCase]) => [kind, await runCase(ctx, kind, one)] as const;
  const outcome = await run(first!);
  return Object.fromEntries([outcome, ...(await Promise.all(others.map(run)))]);
}

async function runCase(ctx: Context, kind: string, { tasks, output }: StepKindCase): Promise<Outcome> {
  const { client, deadline } = ctx;
  const parts = { name: kind.replace('.', '-'), output_map: { value: `{{ ${output} }}` } };
  const { ref } = await createWorkflow(client, await ctx.ownPack(), [...tasks], parts);
  const { id } = await client.executions.execute({ action_ref: ref });
  const { status, result } = await until(executionToEnd(client, id), deadline);
  const children = await client.executions.children(id);
  return {
    status,
    value: (result as { value?: Json } | null)?.value ?? null,
    children: children.map((child) => `${taskName(child)} ${child.status}`),
  };
}
