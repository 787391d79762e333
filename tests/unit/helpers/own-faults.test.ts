import type { Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import type { PlatformLog } from '../../../helpers/scenario/evidence/platform-log';
import { findOwnFault } from '../../../helpers/scenario/own-faults';

const NODES: Record<number, { parent: number | null; action_ref: string; rule_ref: string | null }> = {
  1: { parent: null, action_ref: 'e2e.sleep-for', rule_ref: null },
  2: { parent: 1, action_ref: 'e2e.echo', rule_ref: null },
  3: { parent: null, action_ref: 'e2e.echo', rule_ref: 'e2e-7q2x-t2-01-a-pack-k2.rule' },
  4: { parent: null, action_ref: 'e2e-7q2x-t2-01-b-pack-k2.flow', rule_ref: null },
};

const unknown = new ApiError({ method: 'GET', path: '/', status: 404, code: 'NOT_FOUND', message: '', body: '' });
const client = {
  executions: { tree: (id: number) => (NODES[id] ? Promise.resolve(NODES[id]) : Promise.reject(unknown)) },
} as unknown as Client;

const logWith = (execution: number | null): PlatformLog => ({
  print: () => '',
  readFaults: () => [{ text: 'TypeError', execution }],
});

test.each([
  ['of an execution that it started', 1, true],
  ['of a task of one', 2, true],
  ['of an execution of its rule', 3, true],
  ['of no execution', null, true],
  ['of an execution of another test', 4, false],
  ['of an execution that it cannot read', 5, false],
])('whether an error %s (%s) concerns a test: %s', async (_, execution, isOwn) => {
  const own = { client, roots: [1], prefix: 'e2e-7q2x-t2-01-a-' };
  expect(await findOwnFault(logWith(execution), own)).toBe(isOwn ? 'TypeError' : null);
});
