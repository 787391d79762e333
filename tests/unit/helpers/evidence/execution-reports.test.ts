import type { Client } from '../../../../helpers/client/client';
import { ApiError } from '../../../../helpers/errors';
import { describeExecutions, readExecutions } from '../../../../helpers/scenario/evidence/executions';

const report = async (client: Client, ids: readonly number[], needsTrees: boolean) =>
  describeExecutions(await readExecutions(client, ids), needsTrees);

/** A platform whose requests about executions fail with these messages. */
const failing = (message: string, treeMessage = message): Client => {
  const reject = (part: string, text: string) => (id: number) =>
    Promise.reject(
      new ApiError({
        method: 'GET',
        path: `/executions/${id}${part}`,
        status: 404,
        code: 'NOT_FOUND',
        message: text,
        body: '',
      }),
    );
  return { executions: { log: reject('/log', message), tree: reject('/tree', treeMessage) } } as unknown as Client;
};

test('what a target does not show of its executions is one line', async () => {
  expect(await report(failing('no such\n route\n'), [42, 7], false)).toEqual([
    'no log of executions 7, 42: NOT_FOUND: GET /executions/{id}/log returned 404: no such route',
    '',
  ]);
});

test('trees and logs are named apart, and an execution alone', async () => {
  expect(await report(failing('gone', 'unknown'), [7], true)).toEqual([
    'no tree of execution 7: NOT_FOUND: GET /executions/{id}/tree returned 404: unknown',
    'no log of execution 7: NOT_FOUND: GET /executions/{id}/log returned 404: gone',
    '',
  ]);
});

test('what it shows comes before', async () => {
  const shown = {
    executions: { tree: () => Promise.resolve(null), log: () => Promise.resolve([]) },
  } as unknown as Client;
  expect(await report(shown, [1, 2], false)).toEqual(['the log is empty', '', 'the log is empty', '']);
});

test('the reasons of an open execution come before its log', async () => {
  const tree = { id: 7, action_ref: 'p.a', status: 'running', children: [], stdout_tail: '', stderr_tail: '' };
  const since = '2026-01-27T10:00:00Z';
  const reasons = [{ kind: 'pause', execution: 7, text: 'execution 7 waits for its resume' }];
  const waiting = { execution: 7, status: 'running', since, reasons, left_out: 2 };
  const executions = {
    log: () => Promise.resolve([]),
    tree: () => Promise.resolve(tree),
    waiting: () => Promise.resolve(waiting),
  };

  expect(await report({ executions } as unknown as Client, [7], false)).toEqual([
    `execution 7 is running; its tree changed last at ${since}`,
    '  execution 7 waits for its resume',
    '  and 2 other reasons',
    '',
    'the log is empty',
    '',
  ]);
});
