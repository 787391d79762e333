import type { Client } from '../../../helpers/client/client';
import { endOpenWork } from '../../../helpers/target/open-work';

interface Work {
  readonly id: number;
  readonly action_ref: string;
  readonly parent: number | null;
  readonly rule_ref?: string;
  readonly status: string;
}

const own = 'e2e-7q2x-t2-01-a.act';
const WORK: readonly Work[] = [
  { id: 1, action_ref: own, parent: null, status: 'running' },
  { id: 2, action_ref: 'core.ask', parent: 1, status: 'running' },
  { id: 3, action_ref: 'core.echo', parent: null, rule_ref: 'e2e-7q2x-t1-01-a.rule', status: 'requested' },
  { id: 4, action_ref: 'others.act', parent: null, status: 'running' },
  { id: 5, action_ref: 'core.ask', parent: 4, status: 'running' },
  { id: 6, action_ref: own, parent: null, status: 'completed' },
  { id: 7, action_ref: 'e2e-8888-t2-01-a.act', parent: null, status: 'running' },
];

/** A target with open work; `refuses`: it cancels and removes nothing. */
function busyTarget(refuses: boolean) {
  const status = new Map(WORK.map((work) => [work.id, work.status]));
  const removed: string[] = [];
  const refuse = () => Promise.reject(new Error('it is in use'));
  const removal = (kind: string) => (id: number) =>
    refuses ? refuse() : Promise.resolve(removed.push(`${kind} ${id}`));
  const get = (id: number) => Promise.resolve({ ...WORK.find((work) => work.id === id)!, status: status.get(id)! });
  const client = {
    executions: {
      get,
      list: (filter: { status: string }) => Promise.resolve(WORK.filter(({ id }) => status.get(id) === filter.status)),
      cancel: (id: number) => (refuses ? refuse() : Promise.resolve(status.set(id, 'cancelled'))),
    },
    inquiries: {
      list: () => Promise.resolve([1, 2, 4, 5].map((execution) => ({ id: 10 + execution, execution }))),
      remove: removal('inquiry'),
    },
    identities: {
      list: () =>
        Promise.resolve(
          ['ann', 'sensor:core.timer_sensor', 'sensor:e2e-7q2x-t3-01-a.s'].map((login, n) => ({ id: 20 + n, login })),
        ),
      remove: removal('identity'),
    },
  };
  const open = () => WORK.map(({ id }) => status.get(id));
  return { client: client as unknown as Client, removed, open };
}

test('what a run left open is ended, and nothing of others', async () => {
  const { client, removed, open } = busyTarget(false);

  expect(await endOpenWork(client, '7q2x')).toEqual([]);

  const ended = 'cancelled';
  expect(open()).toEqual([ended, ended, ended, 'running', 'running', 'completed', 'running']);
  expect(removed).toEqual(['inquiry 11', 'inquiry 12', 'identity 22']);
});

test('what cannot be ended is listed with what to do', async () => {
  const { client } = busyTarget(true);

  expect(await endOpenWork(client, '7q2x')).toEqual([
    ...WORK.slice(0, 3).map(
      ({ id, action_ref }) =>
        `execution ${id} of ${action_ref} has not ended: POST /api/v1/executions/${id}/cancel, or end it in the database (it is in use)`,
    ),
    ...[11, 12].map((id) => `inquiry ${id} is pending: DELETE /api/v1/inquiries/${id} (it is in use)`),
    'identity sensor:e2e-7q2x-t3-01-a.s is left: DELETE /api/v1/identities/22 (it is in use)',
  ]);
});
