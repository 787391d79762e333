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
/** Requests that must be answered within one lifetime. */
const REQUESTS = 2;
/**
 * Of one unit: on an idle host, and at most, because a test that waits for its whole slack takes
 * minutes where many processes wait for a processor, s.
 */
const [MIN_SECONDS, MAX_SECONDS] = [0.8, 4];

/**
 * `n` lifetimes of an inquiry, seconds: the shortest that this target, under its current load, can
 * keep apart from a wrong one, and at least `shortest`. Plans the time.
 */
export function inquiryTimeoutSeconds(
  n: number,
  ctx: Pick<Context, 'facts' | 'plan' | 'slackMs' | 'slowestResponseMs'>,
  shortest = 0,
): number {
  const { capabilities, loadFactor } = ctx.facts;
  const measuredMs = Math.max(HOST_SLACK_SHARE * ctx.slackMs('run'), REQUESTS * ctx.slowestResponseMs());
  const unit = Math.max(MIN_SECONDS * loadFactor, measuredMs / 1_000);
  const least = Math.max(shortest, n * Math.min(unit, MAX_SECONDS));
  const seconds = Object.hasOwn(capabilities, 'durations.fractional') ? Math.ceil(10 * least) / 10 : Math.ceil(least);
  ctx.plan(seconds * 1_000);
  return seconds;
}
