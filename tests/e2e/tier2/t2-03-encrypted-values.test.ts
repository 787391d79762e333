// Spec: an encrypted value, or a secret parameter, is shown only to callers that may decrypt it.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runWithRights, writeParameters } from '../../../helpers/scenario/resources/key-actions';
import { expectHidden, secretEncodings } from '../../../helpers/scenario/resources/secret-encodings';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { expectMasked, ownedByAction, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { createUserClient } from '../../../helpers/scenario/resources/test-users';
import { openTargetDatabase } from '../../../helpers/target/target-database';

const NEEDS = ['keys.from_actions', 'runtimes.node', 'ledger.shared'];

const ENCRYPTED = [...NEEDS, 'keys.encryption', 'rbac'];

claim('T2.3c', ENCRYPTED, 'an encrypted value is hidden from readers without decrypt permission', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const reader = await createUserClient(ctx, 'core.viewer');
  const [E, secret] = [ctx.name('e'), ctx.name('secret')];

  const writeExecution = await runWithRights(ctx, 'write-key', writeParameters(ctx, E, { secret }));
  const readExecution = await runWithRights(ctx, 'read-key', { refs: [E] });

  const sha256 = sha256OfJson(secret);
  expect(writeExecution.result).toMatchObject({ data: { status: 201, sha256 } });
  expect(readExecution.result).toMatchObject({ data: { status: 200, sha256 } });
  expect((await ctx.client.keys.get(E)).value).toBe(secret);
  expectHidden(secret, E, ...(await expectMasked(reader, E)), writeExecution);
  if (!ctx.canProve('executions.log')) return;
  const log = await until(logToEnd(ctx.client, writeExecution.id), ctx.deadline);
  expectHidden(secret, 'AGENT_RESPONSE', log);
  expectHidden(secret, sha256, await ctx.client.executions.tree(writeExecution.id));
});

const RAW = [...NEEDS, 'keys.encryption', 'sql'];

/** No table has one of the secrets in any encoding; a control is in that of the keys. */
const expectNotInDatabase = async (ctx: Context, control: string, ...secrets: string[]) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const tables = await database.tablesContaining(secretEncodings(control));
  expect(tables).toContainEqual(expect.stringMatching(/^\w+\.key: 1$/)); // in whichever schema it is
  expect(await database.tablesContaining(secrets.flatMap(secretEncodings))).toEqual([]);
};

claim('T2.3e', RAW, 'the database holds no plaintext of an encrypted value', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const [plain, secret] = [ctx.name('plain'), ctx.name('secret')];
  const [P, E] = [ctx.name('p'), ctx.name('e')];

  await runWithRights(ctx, 'write-key', writeParameters(ctx, P, { value: plain }));
  const { result } = await runWithRights(ctx, 'write-key', writeParameters(ctx, E, { secret }));

  expect(result).toMatchObject({ data: { status: 201, sha256: sha256OfJson(secret) } });
  expect((await ctx.client.keys.get(E)).encrypted).toBe(true);
  await expectNotInDatabase(ctx, plain, secret);
});

claim('T2.3f', ENCRYPTED, 'an overwritten encrypted value is as secret as the first one', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const reader = await createUserClient(ctx, 'core.viewer');
  const [E, first, second] = [ctx.name('e'), ctx.name('first'), ctx.name('second')];
  await runWithRights(ctx, 'write-key', writeParameters(ctx, E, { secret: first }));

  const updated = await ctx.client.keys.update(E, { value: second });
  await ctx.client.keys.update(E, { name: ctx.name('renamed') });
  const readExecution = await runWithRights(ctx, 'read-key', { refs: [E] });

  expect([updated.encrypted, (await ctx.client.keys.get(E)).value]).toEqual([true, second]);
  expect(readExecution.result).toMatchObject({ data: { status: 200, sha256: sha256OfJson(second) } });
  const shown = [readExecution, await reader.keys.list(), await reader.executions.get(readExecution.id)];
  expectHidden(second, E, ...(await expectMasked(reader, E)), ...shown);
  if (ctx.canProve('sql')) await expectNotInDatabase(ctx, E, first, second);
});

claim('T2.3j', ENCRYPTED, 'a value that an update encrypts is stored and shown as a secret', async (ctx) => {
  await ctx.ownCopy('e2e-api');
  const reader = await createUserClient(ctx, 'core.viewer');
  const [P, value] = [ctx.name('p'), ctx.name('value')];
  await storeKey(ctx, { ref: P, value, ...ownedByAction(ctx, 'print-key') });

  await ctx.client.keys.update(P, { encrypted: true });

  expect(await ctx.client.keys.get(P)).toMatchObject({ encrypted: true, value });
  expectHidden(value, P, ...(await expectMasked(reader, P)), await reader.keys.list());
  if (ctx.canProve('sql')) await expectNotInDatabase(ctx, P, value);
});

/** A user who may write all keys of a pack, and decrypt only `open`. */
const createWriter = async (ctx: Context) => {
  const { ref: pack } = await ctx.ownCopy('e2e-api');
  return { pack, writer: await createUserClient(ctx, `${pack}.writers`) };
};

claim('T2.3h', ENCRYPTED, 'a writer without decrypt permission reads back no encrypted value', async (ctx) => {
  const { pack, writer } = await createWriter(ctx);
  const [E, first, second] = [ctx.name('e'), ctx.name('first'), ctx.name('second')];
  const store = (ref: string) =>
    storeKey(
      { client: writer, defer: ctx.defer },
      { ref, value: first, encrypted: true, ...ownedByAction(ctx, 'read-key') },
    );

  const created = await store(E);
  const updated = await writer.keys.update(E, { value: second });
  const open = await store(`${pack}.open`);

  const responses = [created, updated, await writer.keys.get(E)];
  expect(responses.map(({ encrypted, value }) => [encrypted, value])).toEqual(Array(3).fill([true, null]));
  expect((await writer.keys.get(open.ref)).value).toBe(first); // which the writer may decrypt
  expect(await ctx.client.keys.get(E)).toMatchObject({ encrypted: true, value: second });
});

/** The contract lets every writer remove the encryption. */
const KEPT = [...ENCRYPTED, 'secrets.redaction'];

claim('T2.3k', KEPT, 'a writer without decrypt permission cannot remove the encryption', async (ctx) => {
  const { writer } = await createWriter(ctx);
  const [ref, value] = [ctx.name('e'), ctx.name('value')];
  await storeKey(ctx, { ref, value, encrypted: true, ...ownedByAction(ctx, 'read-key') });

  await expect(writer.keys.update(ref, { encrypted: false })).rejects.toMatchObject({ status: 403 });

  expect(await ctx.client.keys.get(ref)).toMatchObject({ encrypted: true, value });
  const changed = await writer.keys.update(ref, { value: ctx.name('changed') });
  expect([changed.encrypted, changed.value]).toEqual([true, null]);
});
