// Spec: a Node.js action gets typed parameters and packages, and runs until its loop is empty.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { startMockHttpServer } from '../../../helpers/fixtures/mock-http-server';
import { installedVersion } from '../../../helpers/fixtures/installed-packages';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { until } from '../../../helpers/scenario/polling';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['runtimes.node', 'packages.offline'];
/** A platform that keeps processes of Node has used each of them by then. */
const CONSECUTIVE = 6;

/** The environment is built once: only this file uses the pack, and no claim changes it. */
const start = async (ctx: Context, action: string, parameters: Parameters): Promise<number> => {
  await ctx.pack('e2e-node');
  return (await ctx.client.executions.execute({ action_ref: ctx.action(action), parameters })).id;
};

claim('T2.13a', NEEDS, 'typed parameters reach the script and its JSON is the result', async (ctx) => {
  const parameters = { message: ctx.nonce, n: 5, flag: false, long: '🦊é'.repeat(60_000) }; // 360 kB
  const id = await start(ctx, 'node-echo', parameters);

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const { 'runtimes.node': declared } = ctx.facts.capabilities;
  const majorOf = (document: unknown) => /"version":"(\d+)\./.exec(JSON.stringify(document))?.[1];
  const major = majorOf(result);
  expect(major).toMatch(/^\d+$/);
  expect(declared === true ? major : majorOf(declared)).toBe(major); // true: it declares no version
  expect(result).toMatchObject({ exit_code: 0, data: { params: parameters } });
  expect(await outputOf(ctx, id, 'stderr')).toBe('');
});

claim('T2.13b', NEEDS, "the pack's own axios performs a request", async (ctx) => {
  const mock = await startMockHttpServer({ answer: ctx.nonce });
  ctx.defer(mock.close);
  const id = await start(ctx, 'node-get', { url: `${mock.url}/fixture`, nonce: ctx.nonce });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const data = { version: installedVersion('axios'), inside: true, body: { answer: ctx.nonce } };
  expect(result).toMatchObject({ data });
  const requests = mock.requests.map(({ method, path, headers }) => [method, path, headers['x-nonce']]);
  expect(requests).toEqual([['GET', '/fixture', ctx.nonce]]);
});

claim('T2.13c', NEEDS, 'two pinned packages compute the expected result', async (ctx) => {
  const id = await start(ctx, 'node-chunk-and-sum', { list: [1, 2, 3, 4, 5], size: 2 });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const versions = { axios: installedVersion('axios'), lodash: installedVersion('lodash') };
  expect(result).toMatchObject({ data: { versions, chunks: [[1, 2], [3, 4], [5]], sum: 15 } });
});

claim('T2.13d', NEEDS, 'the process runs until its pending promises settle', async (ctx) => {
  const id = await start(ctx, 'node-await-twice', { ms: 150, nonce: ctx.nonce });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const documents = (await outputOf(ctx, id, 'stdout')).split('\n').filter((line) => line !== '');
  expect(documents).toHaveLength(1);
  const printed: unknown = JSON.parse(documents[0]!);
  expect(result).toMatchObject({ data: printed });
  expect(printed).toMatchObject({ steps: [`${ctx.nonce}-1`, `${ctx.nonce}-2`] });
  const { startedAt, finishedAt } = printed as { startedAt: number; finishedAt: number };
  expect(finishedAt - startedAt).toBeGreaterThanOrEqual(300);
});

claim('T2.13e', NEEDS, 'a rejected promise fails the execution', async (ctx) => {
  const id = await start(ctx, 'node-reject', { nonce: ctx.nonce });

  const { result } = await until(executionToBe('failed', ctx.client, id), ctx.deadline);

  const error = expect.stringContaining(`Error: ${ctx.nonce}`) as string; // not the last line, which is a version
  expect(result).toMatchObject({ succeeded: false, exit_code: 1, error });
  expect(await outputOf(ctx, id, 'stderr')).toContain(ctx.nonce);
  const attempts = await ctx.client.executions.list({ action_ref: ctx.action('node-reject') });
  expect(attempts.map((attempt) => attempt.id)).toEqual([id]);
});

claim('T2.13f', NEEDS, 'an ES module imports the packages of its pack', async (ctx) => {
  const id = await start(ctx, 'node-import', { list: [1, 2, 4] });

  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(result).toMatchObject({ exit_code: 0, data: { sum: 7 } });
});

claim('T2.13g', NEEDS, 'a registration again replaces the files, also with the same packages', async (ctx) => {
  const pack = await ctx.ownCopy('e2e-node', { requires: ['first'] });
  const run = async () => {
    const { id } = await ctx.client.executions.execute({ action_ref: `${pack.ref}.node-release` });
    return (await until(executionToBe('completed', ctx.client, id), ctx.deadline)).result;
  };

  const first = await run();
  await ctx.ownCopy('e2e-node', { requires: ['second'], replaces: pack });
  const second = await run();

  expect([first, second]).toMatchObject([{ data: { release: 'first' } }, { data: { release: 'second' } }]);
});

claim('T2.13h', NEEDS, 'executions one after another find no state of each other', async (ctx) => {
  const outputs: Parameters[] = [];
  const expected: Parameters[] = [];
  while (outputs.length < CONSECUTIVE) {
    const params = { nonce: `${ctx.nonce}-${outputs.length}` };
    const execution = await start(ctx, 'node-leave-state', params);
    const { result } = await until(executionToBe('completed', ctx.client, execution), ctx.deadline);
    outputs.push((result as { data: Parameters }).data);
    expected.push({ found: { listeners: 0 }, execution, params, directory: outputs[0]!.directory! });
  }

  expect(outputs).toEqual(expected);
});
