import { writeFileSync } from 'node:fs';
import type { Client } from '../../../../helpers/client/client';
import { WaitError } from '../../../../helpers/errors';
import type { Expectation, Round } from '../model/expectation';
import type { ModelCase } from '../model/model-case';
import { executionToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { createWorkflow } from '../../../../helpers/scenario/resources/workflow-task';
import { stateToBe } from './state-to-be';

/** A case that runs on the target. */
export interface RunningCase {
  readonly modelCase: ModelCase;
  readonly expectation: Expectation;
  /** File for which its processes wait. */
  readonly gate: string;
  /** Of the ledger keys of its processes. */
  readonly keyPrefix: string;
}

/**
 * Executes a case and acts in its rounds, each in the state that the model predicts. Returns the
 * id of the execution, and the error of a state that was not reached: the observation shows why.
 */
export async function runCase(
  ctx: Pick<Context, 'client' | 'ledger'>,
  { modelCase, expectation, gate }: RunningCase,
  deadline: number,
): Promise<{ id: number; waitError: WaitError | null }> {
  const id = await execute(ctx.client, modelCase);
  try {
    for (const round of expectation.rounds) {
      const ids = await until(stateToBe(round, ctx.client, ctx.ledger, id), deadline);
      if (ids === null) break;
      await act(ctx.client, id, round, ids, gate);
    }
    await until(executionToEnd(ctx.client, id), deadline);
    return { id, waitError: null };
  } catch (error) {
    if (error instanceof WaitError) return { id, waitError: error };
    throw error;
  }
}

export async function execute(client: Client, { workflows, parameters }: ModelCase): Promise<number> {
  for (const [ref, { tasks, parts }] of Object.entries(workflows)) {
    const [pack = '', name = ''] = ref.split('.');
    await createWorkflow(client, pack, [...tasks], { ...parts, name });
  }
  const action_ref = Object.keys(workflows).at(-1)!;
  return (await client.executions.execute({ action_ref, parameters })).id;
}

async function act(
  client: Client,
  id: number,
  round: Round,
  ids: ReadonlyMap<string, number>,
  gate: string,
): Promise<void> {
  if (round.then === 'cancel') await client.executions.cancel(id);
  if (round.then === 'pause') await client.executions.pause(id);
  if (round.then === 'resume') await client.executions.resume(id);
  if (round.then === 'open gate') writeFileSync(gate, '');
  if (round.then !== 'respond') return;
  for (const [path, response] of Object.entries(round.responses)) {
    const [inquiry] = await client.inquiries.ofExecution(ids.get(path)!);
    await client.inquiries.respond(inquiry!.id, response);
  }
}
