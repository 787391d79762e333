// Spec: an execution runs on the worker that its placement names or prefers.
import type { Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { RestartablePlatform } from '../support/commands/restartable-platform';

const NEEDS = ['process', 'host.processes', 'workers.pin'];

type Execute = Parameters<Client['executions']['execute']>[0];
type Placement = Pick<Execute, 'worker_selector' | 'worker_affinity'>;

const named = (...values: string[]) => ({ match_expressions: [{ key: 'worker', operator: 'in', values }] });
const notNamed = (name: string) => ({ match_expressions: [{ key: 'worker', operator: 'not_in', values: [name] }] });
const preferred = (weight: number, name: string) => ({ weight, preference: named(name) });

/** Placements that lead to one of two workers. */
const PLACEMENTS: Readonly<Record<string, (target: string, other: string) => Placement>> = {
  selector: (target) => ({ worker_selector: { worker: target } }),
  'in a list': (target) => ({ worker_affinity: { required: [named('elsewhere', target)] } }),
  'not in a list': (_target, other) => ({ worker_affinity: { required: [notNamed(other)] } }),
  'away from': (_target, other) => ({ worker_affinity: { anti_affinity: [named('elsewhere'), named(other)] } }),
  preferred: (target) => ({ worker_affinity: { preferred: [preferred(1, target)] } }),
  'preferred more': (target, other) => ({
    worker_affinity: { preferred: [preferred(2, other), preferred(3, target)] },
  }),
  'preferred in sum': (target, other) => ({
    worker_affinity: { preferred: [preferred(3, other), preferred(2, target), preferred(2, target)] },
  }),
};

/** The name of the worker that ran it. */
async function placedOn(ctx: Context, { client }: RestartablePlatform, placement: Placement): Promise<string> {
  const { id } = await client.executions.execute({ action_ref: 'core.noop', ...placement });
  const { worker } = await until(executionToEnd(client, id), ctx.deadline);
  return (await client.workers.get(worker!)).name;
}

claim('T3.39a', NEEDS, 'an execution runs on the worker that it names or prefers', async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_WORKERS: '2' });
  const names = (await platform.client.workers.list()).map(({ name }) => name);
  const [first, second] = names as [string, string];
  const pairs = [
    [first, second],
    [second, first],
  ] as const;

  const found: Record<string, string[]> = {};
  for (const [placement, place] of Object.entries(PLACEMENTS)) {
    found[placement] = [];
    for (const [target, other] of pairs) found[placement].push(await placedOn(ctx, platform, place(target, other)));
  }

  expect(names).toHaveLength(2);
  expect(found).toEqual(Object.fromEntries(Object.keys(PLACEMENTS).map((name) => [name, names])));
});
