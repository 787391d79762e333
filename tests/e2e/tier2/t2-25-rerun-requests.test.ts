// Spec: a rerun is a request of its caller.
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { failingOnce, rerunToEnd, runToFailure } from '../../../helpers/scenario/resources/reruns';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { createPackKey } from '../../../helpers/scenario/resources/stored-keys';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { childOf, countExecutions, paramsOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onFailure, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { connectionNotFound, referenceTo } from '../support/key-ways/references';

const NEEDS = ['executions.rerun', 'ledger.shared'];

const REFERRING = [...NEEDS, 'secrets.redaction', 'rbac'];

claim('T2.25j', NEEDS, 'parameters of a rerun replace those of the execution whole', async (ctx) => {
  await ctx.pack('e2e');
  const parameters = { word: { type: 'string' }, count: { type: 'integer', default: 1 } };
  const input = { word: '{{ parameters.word }}', count: '{{ parameters.count }}', made: '{{ workflow.made }}' };
  const tasks = [
    task(ctx, 'first', 'append-ledger', {}, { ...onSuccess('second'), publish: [{ made: '{{ parameters.word }}' }] }),
    failingOnce(ctx, 'second', {}, onSuccess('third')),
    task(ctx, 'third', 'echo-params', input),
  ];
  const id = await runToFailure(ctx, tasks, { parameters }, { word: 'old', count: 7 });

  const kept = await rerunToEnd(ctx, id, 'second');
  const given = await rerunToEnd(ctx, id, 'second', { parameters: { word: 'new' } });

  const invalid = ctx.client.executions.rerun(id, { from: 'second', parameters: { count: 'many' } });
  await expect(invalid).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
  expect([kept.config, given.config]).toEqual([{ word: 'old', count: 7 }, { word: 'new' }]);
  const received = await Promise.all([kept, given].map((each) => paramsOf(ctx, each.id, 'third')));
  expect(received).toMatchObject([
    { word: 'old', count: 7, made: 'old' },
    { word: 'new', count: 1, made: 'old' },
  ]);
});

claim('T2.25k', [...NEEDS, 'secrets.redaction', 'rbac'], 'secrets are taken over, and not shown', async (ctx) => {
  await ctx.pack('e2e');
  const parameters = { pin: { type: 'string', secret: true } };
  const published = { publish: [{ kept: '{{ parameters.pin }}' }] };
  const tasks = [
    noopTask('first', { input: { message: 'no secret' }, next: [{ ...onSuccess('second'), ...published }] }),
    failingOnce(ctx, 'second', {}, onSuccess('third')),
    task(ctx, 'third', 'hash-secrets', { secret_a: '{{ parameters.pin }}', secret_b: '{{ workflow.kept }}' }),
  ];
  const id = await runToFailure(ctx, tasks, { parameters }, { pin: ctx.nonce });
  const user = await createTestUser(ctx, 'core.executor');

  const { id: rerun } = await user.client.executions.rerun(id, { from: 'second' });
  const { config, executor } = await waitForStatus(ctx, rerun);

  const sum = sha256OfJson(ctx.nonce);
  expect((await childOf(ctx, rerun, 'third')).result).toMatchObject({ data: { a: sum, b: sum } });
  expect({ config, executor }).toEqual({
    config: { pin: { $attune_secret: true, redacted: true } },
    executor: user.id,
  });
});

/** Expressions that lead to a parameter of a workflow: its own, and what is taken over of it. */
const WAYS = { own: '{{ parameters.pin }}', published: '{{ workflow.kept }}', inside: '{{ workflow.list[0].pin }}' };

claim('T2.25y', REFERRING, 'a reference to a key is taken over for those who may read it', async (ctx) => {
  await ctx.pack('e2e');
  const key = await createPackKey(ctx, await ctx.ownPack(), 'pin', ctx.nonce);
  const parts = { parameters: { pin: { type: 'string', secret: true } } };
  const published = { publish: [{ kept: '{{ parameters.pin }}' }, { list: [{ pin: '{{ parameters.pin }}' }] }] };
  const names = Object.keys(WAYS);
  const reading = Object.entries(WAYS).map(([name, way]) =>
    task(ctx, name, 'hash-secrets', { secret_a: way, secret_b: way }),
  );
  const tasks = [
    noopTask('first', { input: { message: 'no secret' }, next: [{ ...onSuccess('second'), ...published }] }),
    failingOnce(ctx, 'second', {}, onSuccess(...names)),
    ...reading,
  ];
  const id = await runToFailure(ctx, tasks, parts, { pin: referenceTo(key) });
  const user = await createTestUser(ctx, 'core.executor');

  const { id: byOther } = await user.client.executions.rerun(id, { from: 'second' });
  await waitForStatus(ctx, byOther, 'failed');
  const byReader = await rerunToEnd(ctx, id, 'second');

  const resultsOf = (of: number) =>
    Promise.all(names.map(async (name) => [name, (await childOf(ctx, of, name)).result]));
  const sum = sha256OfJson(ctx.nonce);
  const given = { data: { a: sum, b: sum } };
  expect(await resultsOf(byReader.id)).toMatchObject(names.map((name) => [name, given]));
  expect(await resultsOf(byOther)).toEqual(names.map((name) => [name, connectionNotFound(key, name)]));
});

const ONCE = [...NEEDS, 'executions.idempotency_key'];

claim('T2.25n', ONCE, 'a repeated rerun with one key is one execution', async (ctx) => {
  await ctx.pack('e2e');
  const id = await runToFailure(ctx, [failingOnce(ctx, 'first', {}, onFailure('second')), failingOnce(ctx, 'second')]);
  const key = { idempotencyKey: ctx.nonce };

  const rerun = await ctx.client.executions.rerun(id, { from: 'second' }, key);
  await waitForStatus(ctx, rerun.id);
  const repeated = await ctx.client.executions.rerun(id, { from: 'second' }, key);

  expect(repeated.id).toBe(rerun.id);
  expect(runCounts(ctx, 'first', 'second')).toEqual({ first: 1, second: 2 });
  const executed = await ctx.client.executions.execute({ action_ref: 'core.noop' }, key);
  expect(executed.action_ref).toBe('core.noop'); // the key of another operation is another one
  const otherBody = ctx.client.executions.rerun(id, { from: 'first' }, key);
  await expect(otherBody).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
});

const KEYED = [...NEEDS, 'workflows.keystore'];

claim('T2.25o', KEYED, 'a rerun is refused where a key that decided has changed', async (ctx) => {
  const { ref: pack } = await ctx.ownCopy('e2e');
  const key = await createPackKey(ctx, pack, 'way', 'left');
  const next = (way: string) => ({ when: `{{ keystore.way == '${way}' }}`, do: [way] });
  const tasks = [
    noopTask('first', { next: [next('left'), next('right')] }),
    failingOnce(ctx, 'left'),
    failingOnce(ctx, 'right'),
  ];
  const id = await runToFailure(ctx, tasks);
  const { action_ref: ref } = await ctx.client.executions.get(id);

  await ctx.client.keys.update(key, { value: 'right' });
  const rejection = { status: 409, code: 'RERUN_STATE_UNKNOWN', body: { details: { path: '/from' } } };
  await expect(ctx.client.executions.rerun(id, { from: 'left' })).rejects.toMatchObject(rejection);

  expect(await countExecutions(ctx, ref)).toBe(1);
  await ctx.client.keys.update(key, { value: 'left' });
  expect((await rerunToEnd(ctx, id, 'left')).result).toEqual({ succeeded: true });
});
