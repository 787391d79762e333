// Spec: the places where a reference is read, by whom, and those where it stays data.
import { executionToBe, executionToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { until } from '../../../../helpers/scenario/polling';
import { waitForInquiry } from '../../../../helpers/scenario/resources/approvals';
import { onlyChildOfTask } from '../../../../helpers/scenario/resources/child-executions';
import { runActionToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { sha256OfJson } from '../../../../helpers/scenario/resources/sha256-of-json';
import { ownedByPack, storeKey } from '../../../../helpers/scenario/resources/stored-keys';
import {
  noopTask,
  onSuccess,
  task,
  type AnyTask,
  type Parameters,
  type WorkflowParts,
} from '../../../../helpers/scenario/resources/workflow-task';
import { connectionNotFound, referenceTo } from '../../support/key-ways/references';
import { createEmptyPack } from '../../support/empty-pack';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('connections');

/** Stores a key with the value `<label> secret`. Returns its ref. */
const createKey = async (ctx: Context, label: string, owner: Owner): Promise<string> =>
  (await storeKey(ctx, { ref: ctx.name(label), ...owner, value: `${label} secret`, encrypted: true })).ref;

type Owner = ReturnType<typeof ownedByPack> | { owner_type: 'identity'; owner_identity: number };

/** What `hash-secrets` returns of these two values. */
const hashes = (a: unknown) => ({ data: { a: sha256OfJson(a), b: sha256OfJson(1) } });

type Flow = readonly [tasks: AnyTask[], parts?: WorkflowParts];
type FlowOf = (ctx: Context, ref: string) => Flow;

const hashOf = (ctx: Context, secret: Parameters | string) =>
  task(ctx, 'A', 'hash-secrets', { secret_a: secret, secret_b: 1 });
const echoOf = (ctx: Context, v: Parameters | string) => task(ctx, 'A', 'echo-params', { v });

/** Runs a workflow to its end. Returns the result of its task A. */
async function resultOfA(
  ctx: Context,
  [tasks, parts]: Flow,
  name: string,
  { parameters = {}, meanwhile }: { parameters?: Parameters; meanwhile?: (id: number) => Promise<void> } = {},
) {
  const { ref } = await ctx.workflow(tasks, { name, ...parts });
  const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters });
  await meanwhile?.(id);
  await until(executionToEnd(ctx.client, id), ctx.deadline);
  return (await ctx.client.executions.get(onlyChildOfTask('A', await ctx.client.executions.children(id)).id)).result;
}

/** By place: a workflow whose task A gets what a reference there stands for. */
const READ: Readonly<Record<string, FlowOf>> = {
  input: (ctx, ref) => [[hashOf(ctx, referenceTo(ref))]],
  with_items: (ctx, ref) => [[{ ...hashOf(ctx, '{{ item }}'), with_items: [referenceTo(ref)] }]],
  'a part of an item': (ctx, ref) => [[{ ...hashOf(ctx, '{{ item.db }}'), with_items: [{ db: referenceTo(ref) }] }]],
  publish: (ctx, ref) => [
    [
      noopTask('first', { next: [{ ...onSuccess('A'), publish: [{ kept: referenceTo(ref) }] }] }),
      hashOf(ctx, '{{ vars.kept }}'),
    ],
  ],
  'the default of a parameter': (ctx, ref) => [
    [hashOf(ctx, '{{ parameters.db }}')],
    { parameters: { db: { default: referenceTo(ref) } } },
  ],
};

test('S0-73 each place of a definition reads keys of its own pack alone', async (ctx) => {
  await ctx.pack('e2e');
  const { id: owner_identity } = await ctx.client.auth.me();
  const own = await createKey(ctx, 'own', ownedByPack(await ctx.ownPack()));
  const foreign = await createKey(ctx, 'foreign', ownedByPack((await createEmptyPack(ctx)).ref));
  const ofCaller = await createKey(ctx, 'of-caller', { owner_type: 'identity', owner_identity });
  const seen: Record<string, unknown> = {};

  for (const [place, flowOf] of Object.entries(READ))
    seen[place] = await mapConcurrently([own, foreign, ofCaller], 3, (ref) =>
      resultOfA(ctx, flowOf(ctx, ref), `${place.replaceAll(' ', '-')}-${ref}`),
    );

  const expected = [hashes('own secret'), connectionNotFound(foreign, 'A'), connectionNotFound(ofCaller, 'A')];
  expect(seen).toMatchObject(Object.fromEntries(Object.keys(READ).map((place) => [place, expected])));
});

/** By place: a workflow whose task A gets the object that stands there. */
const DATA: Readonly<Record<string, FlowOf>> = {
  result: (ctx, ref) => [
    [
      task(ctx, 'make', 'produce-json', { document: JSON.stringify({ db: referenceTo(ref) }) }, onSuccess('A')),
      echoOf(ctx, '{{ task.make.data.db }}'),
    ],
  ],
  answer: (ctx) => [[inquiryTask({}, { next: [onSuccess('A')] }), echoOf(ctx, '{{ task.gate.response.db }}')]],
  variable: (ctx, ref) => [[echoOf(ctx, '{{ vars.db }}')], { vars: { db: referenceTo(ref) } }],
};

test('S0-73 a ref that an expression computes reads no key', async (ctx) => {
  await ctx.pack('e2e');
  const ref = await createKey(ctx, 'own', ownedByPack(await ctx.ownPack()));
  const flow: Flow = [[echoOf(ctx, referenceTo('{{ parameters.ref }}'))], { parameters: { ref: { type: 'string' } } }];

  expect(await resultOfA(ctx, flow, 'flow', { parameters: { ref } })).toMatchObject(connectionNotFound(ref, 'A'));
});

test('S0-73 a result, an answer and a variable stay data', async (ctx) => {
  await ctx.pack('e2e');
  const ref = await createKey(ctx, 'own', ownedByPack(await ctx.ownPack()));
  const answer = async (id: number) => {
    const { inquiry } = await waitForInquiry(ctx, id);
    await ctx.client.inquiries.respond(inquiry.id, { db: referenceTo(ref) });
  };
  const seen: Record<string, unknown> = {};

  for (const [place, flowOf] of Object.entries(DATA))
    seen[place] = await resultOfA(ctx, flowOf(ctx, ref), place, place === 'answer' ? { meanwhile: answer } : {});

  const data = { data: { params: { v: referenceTo(ref) } } };
  expect(seen).toMatchObject(Object.fromEntries(Object.keys(DATA).map((place) => [place, data])));
});

const HASH_DB = `printf '%s' "$db" | sha256sum | cut -d ' ' -f 1`;

test('S0-73 a reference inside a secret parameter is read for an action alone', async (ctx) => {
  const pack = await ctx.ownPack();
  const inner = { login: referenceTo(await createKey(ctx, 'own', ownedByPack(pack))) };
  const parameters = { db: { secret: true } };
  const action = await createScriptAction(ctx, pack, HASH_DB, parameters);
  const flow: Flow = [[{ name: 'A', action, input: { db: '{{ parameters.db }}' } }], { parameters }];

  const { result } = await runActionToEnd(ctx, action, { parameters: { db: inner } });
  const ofFlow = await resultOfA(ctx, flow, 'flow', { parameters: { db: inner } });

  expect([result, ofFlow]).toMatchObject([
    { stdout: `${sha256OfJson({ login: 'own secret' })}\n` },
    { stdout: `${sha256OfJson(inner)}\n` },
  ]);
});

test('S0-73 the default of an action reads keys of its own pack alone', async (ctx) => {
  const pack = await ctx.ownPack();
  const own = await createKey(ctx, 'own', ownedByPack(pack));
  const foreign = await createKey(ctx, 'foreign', ownedByPack((await createEmptyPack(ctx)).ref));
  const { id: owner_identity } = await ctx.client.auth.me();
  const ofCaller = await createKey(ctx, 'of-caller', { owner_type: 'identity', owner_identity });

  const results = await mapConcurrently([own, foreign, ofCaller], 3, async (ref) => {
    const action = await createScriptAction(ctx, pack, HASH_DB, { db: { default: { login: referenceTo(ref) } } });
    return (await runActionToEnd(ctx, action)).result;
  });

  expect(results).toMatchObject([
    { stdout: `${sha256OfJson({ login: 'own secret' })}\n` },
    connectionNotFound(foreign, null),
    connectionNotFound(ofCaller, null),
  ]);
});

test('S0-73 a request has at most 64 references', async (ctx) => {
  await ctx.pack('e2e');
  const unknown = referenceTo(ctx.name('unknown'));
  const request = (count: number) =>
    ctx.client.executions.execute({
      action_ref: ctx.action('echo-params'),
      parameters: { ...ctx.ledgerInput('A'), list: Array<Parameters>(count).fill(unknown) },
    });

  await expect(request(65)).rejects.toMatchObject({
    status: 422,
    code: 'VALIDATION_ERROR',
    body: { details: { path: '/parameters/list/64' } },
  });
  const { id } = await request(64);
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
});
