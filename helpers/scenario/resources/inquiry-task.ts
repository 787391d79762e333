import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Context } from '../claim';
import { inquiriesToBe } from '../conditions/inquiry-conditions';
import { until } from '../polling';
import type { Task, Transition } from './workflow-task';

/**
 * A task `gate` that creates an inquiry with `core.ask`. `timeout`: lifetime of the inquiry,
 * seconds.
 */
export const inquiryTask = (input: JsonObject, options: { next?: Transition[]; timeout?: number } = {}): Task => ({
  name: 'gate',
  action: 'core.ask',
  input: { prompt: 'Approve?', ...input },
  ...options,
});

export const onApproval = (...tasks: string[]): Transition => ({
  when: '{{ result().response.approved == true }}',
  do: tasks,
});
export const onDenial = (...tasks: string[]): Transition => ({
  when: '{{ result().response.approved == false }}',
  do: tasks,
});

/** The parameters with which `print-json` of the pack `e2e-values` prints this document. */
export const printJson = (data: object): { encoded: string } => ({
  encoded: Buffer.from(writeJson(data)).toString('base64'),
});

/**
 * Runs a program whose output has the key `__inquiry`, until it waits for the response: the ids
 * of the execution and of its inquiry. The pack `e2e-values` is registered.
 */
export async function executeToAsk(ctx: Context, data: object): Promise<{ execution: number; inquiry: number }> {
  const request = { action_ref: ctx.action('print-json'), parameters: printJson(data) };
  const { id: execution } = await ctx.client.executions.execute(request);
  const [inquiry] = await until(inquiriesToBe(1, ctx.client, { execution }), ctx.deadline);
  return { execution, inquiry: inquiry!.id };
}
