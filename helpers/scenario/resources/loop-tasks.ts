import type { Context } from '../context';
import { onSuccess, task, type Task } from './workflow-task';

/** `slow` ends its first round after `fast` has ended its second, which `mark` shows. */
const EARLIER = 5;

/** Two rounds of head → fast and slow → joined. */
export const joinInLoop = (ctx: Context): Task[] => {
  const room = `${ctx.ledger.path}.room`;
  const meet = (name: string, n: number) => task(ctx, name, 'wait-for-peers', { room, n, hold_ms: 0 });
  const again = { when: '{{ workflow.rounds < 2 }}', publish: [{ rounds: '{{ workflow.rounds + 1 }}' }], do: ['head'] };
  return [
    task(ctx, 'head', 'append-ledger', {}, onSuccess('fast', 'slow')),
    { ...meet('fast', 1), next: [onSuccess('joined', 'mark'), again] },
    meet('mark', 1),
    { ...meet('slow', EARLIER), next: [onSuccess('joined')] },
    { ...task(ctx, 'joined', 'append-ledger'), join: 2 },
  ];
};

/**
 * Two rounds of a task that is retried once in each, and a list, which receives the number of
 * results of the round before.
 */
export const listInLoop = (ctx: Context): Task[] => {
  const input = { round: '{{ workflow.round }}', before: '{{ task.each.items | default([]) | length }}' };
  const again = { when: '{{ workflow.round == 1 }}', publish: [{ round: 2 }], do: ['flaky'] };
  const inRound = { key: `${ctx.ledgerInput('flaky').key}-{{ workflow.round }}` };
  const flaky = task(ctx, 'flaky', 'fail-n-times', { n: 1, ...inRound }, onSuccess('each'));
  const each = task(ctx, 'each', 'echo-params', input, again);
  return [
    { ...flaky, retry: { count: 1, delay: 0 } },
    { ...each, with_items: '{{ range(2) }}' },
  ];
};
