import type { ExecutionNode } from '../../../../contract/executions';
import type { Client } from '../../../../helpers/client/client';
import { readExecutions } from '../../../../helpers/scenario/evidence/executions';

const part = (id: number, status: string, children: ExecutionNode[] = []) =>
  ({ id, status, children }) as unknown as ExecutionNode;

/** A target with a tree of ids 1 to 301, of which the last one failed. */
const targetWith = (get: (id: number) => unknown, children = 300) => {
  const items = Array.from({ length: children }, (_, n) => part(n + 2, n === children - 1 ? 'failed' : 'completed'));
  const executions = {
    tree: () => Promise.resolve(part(1, 'failed', items)),
    log: () => Promise.resolve([]),
    get: async (id: number) => await get(id),
  };
  return { executions } as unknown as Client;
};

test('a failure has the documents of executions, of those that failed first', async () => {
  const get = (id: number) => ({ id, config: { id }, result: [id] });
  const [evidence] = await readExecutions(targetWith(get), [1]);
  const ids = evidence!.documents.map(({ id }) => id);

  expect(evidence!.documents.slice(0, 3)).toEqual([
    { id: 1, input: { id: 1 }, result: [1] },
    { id: 301, input: { id: 301 }, result: [301] },
    { id: 2, input: { id: 2 }, result: [2] },
  ]);
  expect([ids.length, ids.at(-1)]).toEqual([200, 199]);
});

test('the number of documents is that of a failure, not of each tree', async () => {
  const get = (id: number) => ({ id, config: null, result: null });
  const trees = await readExecutions(targetWith(get), [1, 2, 3, 4]);

  expect(trees.map(({ documents }) => documents.length)).toEqual([50, 50, 50, 50]);
});

test('a document that is too long is not kept', async () => {
  const get = (id: number) => ({ id, config: null, result: 'x'.repeat(262_143) });
  const [evidence] = await readExecutions(targetWith(get, 0), [1]);

  expect(evidence!.documents).toEqual([{ id: 1, input: null, result: 'not kept: it has 262145 characters' }]);
});

test('a target that does not show them gets no more requests, and is a lack', async () => {
  const requested: number[] = [];
  const get = (id: number) => {
    requested.push(id);
    throw new Error(`GET /executions/${id} returned 403`);
  };
  const [evidence] = await readExecutions(targetWith(get), [1]);

  expect(requested).toHaveLength(8);
  expect(evidence).toMatchObject({
    documents: [],
    lacks: [{ subject: 'documents', reason: 'GET /executions/{id} returned 403' }],
  });
});
