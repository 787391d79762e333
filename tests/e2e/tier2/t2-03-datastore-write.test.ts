// Spec: an execution reads the exact value that another stored, if permitted and not expired.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { keyToAppear, keyToExpire, lateReads, type KeyRead } from '../../../helpers/scenario/conditions/key-conditions';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { createUserClient } from '../../../helpers/scenario/resources/test-users';
import { PRINT_SECRETS, SECRET_PARAMETERS } from '../../../helpers/fixtures/print-secrets';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { expectHidden, secretEncodings } from '../../../helpers/scenario/resources/secret-encodings';
import { openTargetDatabase } from '../../../helpers/target/target-database';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { expectOrder } from '../../../helpers/scenario/expectations';

const NEEDS = ['keys.from_actions', 'runtimes.node', 'ledger.shared'];

/** Runs an action to its end, with its default permission sets or with the given ones. */
async function runAction(ctx: Context, action: string, parameters: Parameters, sets?: string[]) {
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action(action),
    parameters: { ...ctx.ledgerInput(action), ...parameters },
    ...(sets && { permission_set_refs: sets }),
  });
  return until(executionToBe('completed', ctx.client, id), ctx.deadline);
}

/**
 * Parameters of `write-key`. The reading action owns the key, so no other process receives its
 * value; each claim uploads its own copy of the pack, since every process of that action does.
 */
const writeParameters = (ctx: Context, ref: string, more: Parameters): Parameters => ({
  ref,
  owner_action_ref: ctx.action('read-key'),
  ...more,
});

claim('T2.3a', [...NEEDS, 'rbac'], 'the API and another action read the value that an action wrote', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const K = ctx.name('k');
  const value = { n: ctx.nonce, c: 3 };
  expect(await ctx.client.keys.getOrNull(K)).toBeNull();

  const deniedWrite = await runAction(ctx, 'write-key', writeParameters(ctx, K, { value }), ['core.viewer']);
  expect(deniedWrite.result).toMatchObject({ data: { status: 403 } });
  expect(await ctx.client.keys.getOrNull(K)).toBeNull();
  const writeExecution = await runAction(ctx, 'write-key', writeParameters(ctx, K, { value }));
  const readExecution = await runAction(ctx, 'read-key', { refs: [K] });

  expect(writeExecution.result).toMatchObject({ data: { status: 201, sha256: sha256OfJson(value) } });
  expect((await ctx.client.keys.get(K)).value).toEqual(value);
  expect(readExecution.result).toMatchObject({ data: { status: 200, value, sha256: sha256OfJson(value) } });
  expect((await ctx.client.keys.list()).filter(({ name }) => name === K)).toHaveLength(1);
});

claim('T2.3b', [...NEEDS, 'executions.intervals'], 'task B reads from the store what task A wrote', async (ctx) => {
  await ctx.pack('e2e');
  await ctx.ownCopy('e2e-api');
  const B = (ref: string) => task(ctx, 'B', 'read-key', { refs: [ref] }, onSuccess('C'));
  const C = task(ctx, 'C', 'echo-params', { v: '{{ task.B.value }}' });
  const [K, missingRef] = [ctx.name('k'), ctx.name('none')];
  const A = task(ctx, 'A', 'write-key', writeParameters(ctx, K, { value: ctx.nonce }), onSuccess('B'));
  const flows = [await ctx.workflow([A, B(K), C]), await ctx.workflow([B(missingRef), C], { name: 'without-a' })];

  const roots = await Promise.all(flows.map(({ ref }) => ctx.client.executions.execute({ action_ref: ref })));
  for (const { id } of roots) await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const [children = [], control = []] = await Promise.all(roots.map(({ id }) => ctx.client.executions.children(id)));
  expect(statusByTask(children)).toEqual({ A: 'completed', B: 'completed', C: 'completed' });
  expectOrder(ctx, [onlyChildOfTask('A', children), onlyChildOfTask('B', children)]);
  expectOrder(ctx, [onlyChildOfTask('B', children), onlyChildOfTask('C', children)]);
  const resultOf = async (name: string, executions: typeof children) =>
    (await ctx.client.executions.get(onlyChildOfTask(name, executions).id)).result;
  expect(await resultOf('C', children)).toMatchObject({ data: { params: { v: ctx.nonce } } });
  expect((await ctx.client.keys.get(K)).value).toBe(ctx.nonce);
  expect(statusByTask(control)).toEqual({ B: 'completed', C: 'completed' });
  expect(await resultOf('B', control)).toMatchObject({ data: { status: 404 } });
  expect(await resultOf('C', control)).toMatchObject({ data: { params: { v: null } } });
});

const ENCRYPTED = [...NEEDS, 'keys.encryption', 'rbac'];

claim('T2.3c', ENCRYPTED, 'an encrypted value is hidden from readers without decrypt permission', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const reader = await createUserClient(ctx, 'core.viewer');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];

  const writeExecution = await runAction(ctx, 'write-key', writeParameters(ctx, E, { secret }));
  const readExecution = await runAction(ctx, 'read-key', { refs: [E] });

  expect(writeExecution.result).toMatchObject({ data: { status: 201, sha256: sha256OfJson(secret) } });
  expect(readExecution.result).toMatchObject({ data: { status: 200, sha256: sha256OfJson(secret) } });
  expect((await ctx.client.keys.get(E)).value).toBe(secret);
  const maskedKey = await reader.keys.get(E);
  const listed = (await reader.keys.list()).filter(({ ref }) => ref === E);
  expect([maskedKey.encrypted, maskedKey.value, listed.map(({ encrypted }) => encrypted)]).toEqual([
    true,
    null,
    [true],
  ]);
  expectHidden(secret, E, maskedKey, listed, writeExecution);
  if (!ctx.canProve('executions.log')) return;
  const log = await until(logToEnd(ctx.client, writeExecution.id), ctx.deadline);
  expectHidden(secret, 'AGENT_RESPONSE', log);
  expectHidden(secret, sha256OfJson(secret), await ctx.client.executions.tree(writeExecution.id));
});

claim.concurrent(
  'T2.3d',
  [...NEEDS, 'keys.ttl'],
  'a value with a lifetime expires after it and its neighbour stays',
  async (ctx) => {
    await ctx.ownCopy('e2e-api');
    const [K1, K2] = [ctx.name('k1'), ctx.name('k2')];
    const ttl_seconds = 3;
    ctx.plan(ttl_seconds * 1_000);
    const reads: KeyRead[] = [];

    await runAction(ctx, 'write-key', writeParameters(ctx, K2, { value: ctx.nonce }));
    const writeExecution = runAction(ctx, 'write-key', writeParameters(ctx, K1, { value: ctx.nonce, ttl_seconds }));
    const readUntilExpiry = async () => {
      const created = await until(keyToAppear(ctx.client, K1, reads), ctx.deadline);
      await until(keyToExpire(ctx.client, K1, reads), ctx.deadline);
      return created;
    };
    const [created] = await Promise.all([readUntilExpiry(), writeExecution]);
    const readExecution = await runAction(ctx, 'read-key', { refs: [K1, K2] });

    const expiry = created + ttl_seconds * 1_000;
    const readsBeforeExpiry = reads.filter((read) => read.created !== null && read.receivedAt < expiry);
    expect(readsBeforeExpiry.length).toBeGreaterThanOrEqual(3); // enough samples
    expect(lateReads(reads, ttl_seconds * 1_000)).toEqual([]);
    expect(reads.at(-1)!.receivedAt).toBeGreaterThanOrEqual(expiry);
    const all = { [K1]: { status: 404 }, [K2]: { status: 200, value: ctx.nonce } };
    expect(readExecution.result).toMatchObject({ data: { all, injected: expect.arrayContaining([K2]) as string[] } });
    expect(readExecution.result).not.toMatchObject({ data: { injected: expect.arrayContaining([K1]) as string[] } });
    const names = (await ctx.client.keys.list()).map(({ name }) => name);
    expect([K1, K2].map((name) => names.includes(name))).toEqual([false, true]);
  },
);

const RAW = [...NEEDS, 'keys.encryption', 'sql'];

claim('T2.3e', RAW, 'the database holds no plaintext of an encrypted value', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const [plain, secret] = [ctx.name('plain'), ctx.name('secret')];
  const [P, E] = [ctx.name('p'), ctx.name('e')];

  await runAction(ctx, 'write-key', writeParameters(ctx, P, { value: plain }));
  const writeExecution = await runAction(ctx, 'write-key', writeParameters(ctx, E, { secret }));

  expect(writeExecution.result).toMatchObject({ data: { status: 201, sha256: sha256OfJson(secret) } });
  expect((await ctx.client.keys.get(E)).encrypted).toBe(true);
  const tables = await database.tablesContaining(secretEncodings(plain));
  expect(tables).toContainEqual(expect.stringMatching(/^\w+\.key: 1$/)); // in whichever schema it is
  expect(await database.tablesContaining(secretEncodings(secret))).toEqual([]);
});

claim('T2.3f', ENCRYPTED, 'an overwritten encrypted value is as secret as the first one', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const reader = await createUserClient(ctx, 'core.viewer');
  const E = ctx.name('e');
  const [first, second, third] = [ctx.name('first'), ctx.name('second'), ctx.name('third')];
  await runAction(ctx, 'write-key', writeParameters(ctx, E, { secret: first }));
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action('print-key') };
  const P = await ctx.client.keys.create({ ref: ctx.name('p'), name: 'p', value: third, ...owner });
  ctx.defer(() => ctx.client.keys.removeIfExists(P.ref));

  const updated = await ctx.client.keys.update(E, { value: second });
  await ctx.client.keys.update(E, { name: ctx.name('renamed') });
  await ctx.client.keys.update(P.ref, { encrypted: true });
  const readExecution = await runAction(ctx, 'read-key', { refs: [E] });

  expect([updated.encrypted, (await ctx.client.keys.get(E)).value]).toEqual([true, second]);
  expect(await ctx.client.keys.get(P.ref)).toMatchObject({ encrypted: true, value: third });
  expect((await Promise.all([E, P.ref].map((ref) => reader.keys.get(ref)))).map(({ value }) => value)).toEqual([
    null,
    null,
  ]);
  expect(readExecution.result).toMatchObject({ data: { status: 200, sha256: sha256OfJson(second) } });
  const records = [readExecution, await reader.keys.list(), await reader.executions.get(readExecution.id)];
  expectHidden(second, E, ...records);
  if (!ctx.canProve('sql')) return;
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  expect(await database.tablesContaining([E])).toContainEqual(expect.stringMatching(/^\w+\.key: 1$/));
  expect(await database.tablesContaining([first, second, third].flatMap(secretEncodings))).toEqual([]);
});

claim('T2.3h', ENCRYPTED, 'a writer without decrypt permission reads back no encrypted value', async (ctx) => {
  const pack = await ctx.ownCopy('e2e-api');
  const writer = await createUserClient(ctx, `${pack.ref}.writers`);
  const E = ctx.name('e');
  const [first, second] = [ctx.name('first'), ctx.name('second')];
  const owner = { owner_type: 'action' as const, owner_action_ref: ctx.action('read-key') };

  const created = await writer.keys.create({ ref: E, name: E, value: first, encrypted: true, ...owner });
  ctx.defer(() => ctx.client.keys.removeIfExists(E));
  const updated = await writer.keys.update(E, { value: second });
  const open = await writer.keys.create({
    ref: `${pack.ref}.open`,
    name: 'open',
    value: first,
    encrypted: true,
    ...owner,
  });
  ctx.defer(() => ctx.client.keys.removeIfExists(open.ref));

  const responses = [created, updated, await writer.keys.get(E)];
  expect(responses.map(({ encrypted, value }) => [encrypted, value])).toEqual(Array(3).fill([true, null]));
  expect((await writer.keys.get(open.ref)).value).toBe(first); // which the writer may decrypt
  expect(await ctx.client.keys.get(E)).toMatchObject({ encrypted: true, value: second });
  if (!ctx.canProve('secrets.redaction')) return; // the contract lets every writer remove the encryption
  await expect(writer.keys.update(E, { encrypted: false })).rejects.toMatchObject({ status: 403 });
  expect(await ctx.client.keys.get(E)).toMatchObject({ encrypted: true, value: second });
});

const REDACTED = { $attune_secret: true, redacted: true };
const SECRETS = ['secrets.redaction', 'rbac', 'workflows.retry'];

claim('T2.3i', SECRETS, 'a secret parameter reaches each program, and is masked in its output', async (ctx) => {
  const { ref: pack_ref } = await ctx.ownCopy('e2e-api');
  const reader = await createUserClient(ctx, 'core.viewer');
  const auditor = await createUserClient(ctx, `${pack_ref}.auditors`);
  const print = await createScriptAction(ctx, pack_ref, PRINT_SECRETS, SECRET_PARAMETERS);
  const call = { name: 'T', action: print, retry: { count: 1, delay: 0 } }; // receives the parameters of the workflow
  const output_map = { token: '{{ parameters.token }}', code: '{{ parameters.code }}' };
  const { ref: action_ref } = await ctx.workflow([call], { parameters: SECRET_PARAMETERS, output_map });
  const [token, password, spare] = [ctx.name('token'), ctx.name('password'), ctx.name('spare')];
  const [login, pin, db] = [{ password, codes: [spare] }, 'Z9#q', { host: 'local', code: ctx.name('code') }];
  const run = async (code: number, goal: 'completed' | 'failed') => {
    const { id } = await ctx.client.executions.execute({ action_ref, parameters: { token, login, db, pin, code } });
    const root = await until(executionToBe(goal, ctx.client, id), ctx.deadline);
    const attempts = await ctx.client.executions.children(id);
    return { root, attempts: await Promise.all(attempts.map((each) => reader.executions.get(each.id))) };
  };

  const [success, failure] = [await run(0, 'completed'), await run(7, 'failed')];

  const masked = [
    { password: '***', codes: ['***'] },
    { ...db, code: '***' },
  ]
    .map((each) => JSON.stringify(each))
    .join('\n');
  const attempts = [...success.attempts, ...failure.attempts];
  expect(attempts.map(({ result }) => result)).toMatchObject(
    [0, 7, 7].map((exit_code) => ({ exit_code, stdout: `${sha256OfJson(token)}\n***\n${masked}\n***\nends with ***` })),
  );
  expect(failure.attempts.map(({ result }) => result)).toMatchObject(
    Array(2).fill({ error: `begins like ${token.slice(0, 9)}` }),
  );
  expect(success.root.result).toMatchObject({ succeeded: true, code: 0, token: expect.anything() as unknown });
  expect([success.root.config, failure.root.config]).toEqual(
    [0, 7].map((code) => ({ token: REDACTED, login: REDACTED, pin: REDACTED, db: { ...db, code: REDACTED }, code })),
  );
  for (const secret of [token, password, spare, pin, db.code])
    expectHidden(secret, 'succeeded', success.root, ...attempts);
  expect((await auditor.executions.getWithSecrets(success.root.id)).config).toEqual({ token, login, db, pin, code: 0 });
  await expect(reader.executions.getWithSecrets(success.root.id)).rejects.toMatchObject({ status: 403 });
});

const TEMPLATES = [...NEEDS, 'keys.ttl', 'workflows.keystore'];
const TEMPLATE_TTL_SECONDS = 1;

claim.concurrent('T2.3g', TEMPLATES, 'an expired key is missing for a template that read it before', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const { keys, executions } = ctx.client;
  const { ref } = await ctx.workflow([task(ctx, 'T', 'hash-secrets', { secret_a: '{{ keystore.brief }}' })]);
  const run = async () => (await executions.execute({ action_ref: ref })).id;
  ctx.plan(TEMPLATE_TTL_SECONDS * 1_000);
  const owner = { owner_type: 'pack' as const, owner_pack_ref: pack };
  const key = await keys.create({ ref: `${pack}.brief`, name: 'brief', value: ctx.nonce, ...owner });
  ctx.defer(() => keys.removeIfExists(key.ref));

  await until(executionToBe('completed', ctx.client, await run()), ctx.deadline);
  await keys.update(key.ref, { ttl_seconds: TEMPLATE_TTL_SECONDS });
  await until(keyToExpire(ctx.client, key.ref, []), ctx.deadline);
  const root = await until(executionToBe('failed', ctx.client, await run()), ctx.deadline);

  expect(root.result).toMatchObject({ error: 'Workflow failed: 1 task(s) failed: T' });
  const child = onlyChildOfTask('T', await executions.children(root.id));
  const { result } = await executions.get(child.id);
  expect(JSON.stringify(result)).toContain('brief');
  expect(ctx.ledger.count(ctx.ledgerInput('T').key)).toBe(1);
});
