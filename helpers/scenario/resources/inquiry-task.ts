import type { JsonObject } from '../../../contract/json';
import type { Context } from '../context';
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

/** The share of the host's slack that an inquiry's lifetime must exceed. */
const HOST_SLACK_SHARE = 0.6;
/** Upper limit for one lifetime: longer ones do not fit into a test, s. */
const MAX_SECONDS = 1;

/**
 * `n` lifetimes of an inquiry, seconds: the shortest that this target, under its current load, can
 * keep apart from a wrong one.
 */
export function inquiryTimeoutSeconds(
  n: number,
  ctx: Pick<Context, 'facts' | 'slackMs' | 'slowestResponseMs'>,
): number {
  const { capabilities, loadFactor } = ctx.facts;
  const measuredSeconds = Math.max(HOST_SLACK_SHARE * ctx.slackMs('run'), ctx.slowestResponseMs()) / 1_000;
  const leastSeconds = Math.min(MAX_SECONDS, measuredSeconds);
  return Object.hasOwn(capabilities, 'durations.fractional')
    ? Math.ceil(n * 10 * Math.max(0.4 * loadFactor, leastSeconds)) / 10
    : Math.ceil(n * loadFactor);
}
