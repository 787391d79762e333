// Spec: Node.js actions get typed parameters, their pack's own packages, and an event loop that may finish.
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { startMockHttp } from '../../../helpers/mock-http';
import { installedVersion } from '../../../helpers/package-source';
import { until } from '../../../helpers/polling';
import type { Parameters } from '../../../helpers/workflow';

const NEEDS = ['runtimes.node', 'packages.offline', 'executions.log'];

/** Building the environment is the expensive part, so the file shares one read-only pack. */
const start = async (ctx: Context, action: string, parameters: Parameters): Promise<number> => {
  await ctx.sharedPack('e2e-node');
  return (await ctx.client.executions.execute({ action_ref: ctx.action(action), parameters })).id;
};

claim('T2.13a', NEEDS, 'typed parameters reach the script and its JSON comes back', async (ctx) => {
  const parameters = { message: ctx.nonce, n: 5, flag: false };
  const id = await start(ctx, 'node-echo', parameters);

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const { 'runtimes.node': declared } = ctx.facts.capabilities;
  expect(declared).toMatchObject({ version: expect.stringMatching(/^\d+\./) });
  const major = /"version":"(\d+)\./;
  expect(major.exec(JSON.stringify(result))?.[1]).toBe(major.exec(JSON.stringify(declared))?.[1]);
  expect(result).toMatchObject({ exit_code: 0, data: { params: parameters } });
  const { stderr_tail: stderr } = await ctx.client.executions.tree(id);
  expect(stderr).toBe('');
});

claim('T2.13b', NEEDS, "the pack's own axios performs a request", async (ctx) => {
  const mock = await startMockHttp({ answer: ctx.nonce });
  ctx.defer(mock.close);
  const id = await start(ctx, 'node-get', { url: `${mock.url}/fixture`, nonce: ctx.nonce });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const data = { version: installedVersion('axios'), inside: true, body: { answer: ctx.nonce } };
  expect(result).toMatchObject({ data });
  const seen = mock.requests.map(({ method, path, headers }) => [method, path, headers['x-nonce']]);
  expect(seen).toEqual([['GET', '/fixture', ctx.nonce]]);
});

claim('T2.13c', NEEDS, 'two pinned packages compute a known answer', async (ctx) => {
  const id = await start(ctx, 'node-chunk-and-sum', { list: [1, 2, 3, 4, 5], size: 2 });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const versions = { axios: installedVersion('axios'), lodash: installedVersion('lodash') };
  expect(result).toMatchObject({ data: { versions, chunks: [[1, 2], [3, 4], [5]], sum: 15 } });
});

claim('T2.13d', NEEDS, 'the runner waits for pending promises', async (ctx) => {
  const id = await start(ctx, 'node-await-twice', { ms: 150, nonce: ctx.nonce });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const { stdout_tail: stdout } = await ctx.client.executions.tree(id);
  const documents = stdout.split('\n').filter((line) => line !== '');
  expect(documents).toHaveLength(1);
  const printed: unknown = JSON.parse(documents[0]!);
  expect(result).toMatchObject({ data: printed });
  expect(printed).toMatchObject({ steps: [`${ctx.nonce}-1`, `${ctx.nonce}-2`] });
  const { began, ended } = printed as { began: number; ended: number };
  expect(ended - began).toBeGreaterThanOrEqual(300);
});

claim('T2.13e', NEEDS, 'a rejected promise is a failure', async (ctx) => {
  const id = await start(ctx, 'node-reject', { nonce: ctx.nonce });

  const { result } = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
  const tree = await ctx.client.executions.tree(id);
  expect(tree.stderr_tail).toContain(ctx.nonce);
  expect(tree.attempt).toBe(1);
  const attempts = await ctx.client.executions.list({ action_ref: ctx.action('node-reject') });
  expect(attempts.map((attempt) => attempt.id)).toEqual([id]);
});
