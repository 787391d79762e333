// Spec: a secret reaches the programs of its owner on standard input, and appears nowhere else.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe, logToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { statusHistory } from '../support/status-history';
import { until } from '../../../helpers/scenario/polling';
import { openNotifierSocket } from '../../../helpers/scenario/resources/notifications';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { expectHidden, secretEncodings } from '../../../helpers/scenario/resources/secret-encodings';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { openTargetDatabase } from '../../../helpers/target/target-database';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Stores a secret of a pack, which each process of the pack receives as parameter `name`. */
const storeSecret = async (ctx: Context, pack: string, name: string, value: string) => {
  const key = { ref: `${pack}.${name}`, name, owner_type: 'pack' as const, owner_pack_ref: pack };
  await ctx.client.keys.create({ ...key, value, encrypted: true });
  ctx.defer(() => ctx.client.keys.removeIfExists(key.ref));
};

/** Runs an action to its end and returns all that its process printed. */
const printed = async (ctx: Context, action_ref: string, parameters = {}): Promise<string> => {
  const { id } = await ctx.client.executions.execute({ action_ref, parameters });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return outputOf(ctx, id, 'stdout');
};

/** Prints all that the process has, but a secret of its own would be masked. */
const PRINT_EVERYTHING = `cat "/proc/$$/environ" | tr '\\0' '\\n'; set`;
const CONTROL = 'find-secret';

claim('T3.20a', ['secrets.stdin', 'host.processes'], 'a secret arrives on standard input only', async (ctx) => {
  const { ref: pack } = await ctx.ownCopy('e2e');
  const other = await ctx.ownCopy('e2e');
  const secret = `${ctx.nonce}-secret`;
  await storeSecret(ctx, pack, 'secret', secret);
  const parameters = { ...ctx.ledgerInput('find'), control: CONTROL };

  const found = await printed(ctx, `${pack}.find-secret`, parameters);
  const ofOther = await printed(ctx, await createScriptAction(ctx, other.ref, PRINT_EVERYTHING));

  expect(JSON.parse(found)).toEqual({
    sha256: sha256(secret),
    secret: [],
    control: expect.arrayContaining(['environment', 'command_line', 'directory', 'temporary_files']) as unknown,
  });
  expectHidden(secret, other.ref, { ofOther });
});

const STORED = ['keys.encryption', 'sql'];

claim('T3.20b', STORED, 'the stored forms of equal secrets differ and hide their value', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const pack = await ctx.ownPack();
  const [secret, plain] = [`${ctx.nonce}-secret`, `${ctx.nonce}-plain`];

  for (const name of ['one', 'two']) await storeSecret(ctx, pack, name, secret);
  const owner = { owner_type: 'pack' as const, owner_pack_ref: pack };
  await ctx.client.keys.create({ ref: `${pack}.plain`, name: 'plain', value: plain, ...owner });
  ctx.defer(() => ctx.client.keys.removeIfExists(`${pack}.plain`));

  const [one, two] = [await database.row('key', 'ref', `${pack}.one`), await database.row('key', 'ref', `${pack}.two`)];
  expect([one.encrypted, two.encrypted, one.value === two.value]).toEqual([true, true, false]);
  const tables = await database.tablesContaining(secretEncodings(plain));
  expect(tables).toContainEqual(expect.stringMatching(/^\w+\.key: 1$/));
  expect(await database.tablesContaining(secretEncodings(secret))).toEqual([]);
  expect((await ctx.client.keys.get(`${pack}.two`)).value).toBe(secret);
});

/** Prints the secret plain, within JSON, and in two parts, on each stream, around the control. */
const PRINT_SECRET = `
for stream in 1 2; do
  printf '%s %s %s\\n{"nested": ["%s"]}\\n' "$word" "$secret" "$word" "$secret" >&$stream
  printf '%s' "\${secret%??????}" >&$stream; sleep 0.3; printf '%s\\n' "\${secret#"\${secret%??????}"}" >&$stream
done
exit "$code"`;

/** The platform's log once it has an entry about this socket, which floods it with messages. */
const logAfterFlood = async (ctx: Context, socket: NotifierSocket, path: string): Promise<string> => {
  const log = () => readFileSync(path, 'utf8');
  for (let n = 0; n < FLOOD_MESSAGES; n++) socket.send('{}');
  await until(
    predicateToHold('an entry about the flood', () => log().includes(socket.clientId)),
    ctx.deadline,
  );
  return log();
};
const FLOOD_MESSAGES = 10_000;

const PRINTED = ['secrets.redaction', 'notify.executions'];

claim('T3.20c', PRINTED, 'a printed secret is masked everywhere, and nothing beside it', async (ctx) => {
  const { client, deadline } = ctx;
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  const pack = await ctx.ownPack();
  const secret = `${ctx.nonce}-secret`;
  const word = ctx.name('word');
  await storeSecret(ctx, pack, 'secret', secret);
  const action = await createScriptAction(ctx, pack, PRINT_SECRET);
  const hasLog = ctx.canProve('executions.log');
  const run = async (code: number, goal: 'completed' | 'failed') => {
    const hook = await ctx.webhookRule({ action, actionParams: { word: '{{ event.payload.word }}', code } });
    const { event_id } = await hook.post({ word });
    const [ended] = await until(executionsToBe(goal, 1, client, { rule_ref: hook.rule.ref }), deadline);
    const { id, enforcement } = ended!;
    const text = `${word} *** ${word}\n{"nested": ["***"]}\n***\n`;
    const streams = { stdout: await outputOf(ctx, id, 'stdout'), stderr: await outputOf(ctx, id, 'stderr') };
    expect(streams).toEqual({ stdout: text, stderr: text });
    const records = [await client.events.get(event_id), await client.enforcements.get(enforcement!)];
    expectHidden(secret, word, await client.executions.get(id), ...records);
    expectHidden(secret, action, await statusHistory(ctx, socket, id, goal), socket.notifications);
    if (!hasLog) return;
    expectHidden(secret, word, await client.executions.tree(id));
    expectHidden(secret, 'AGENT_RESPONSE', await until(logToEnd(client, id), deadline));
  };

  await run(0, 'completed');
  await run(7, 'failed');

  const { log } = ctx.facts;
  if (log !== null) expectHidden(secret, socket.clientId, { log: await logAfterFlood(ctx, socket, log) });
});

const OWNED = ['ownership', 'rbac', 'secrets.stdin'];

claim('T3.20d', OWNED, 'a secret of another person or pack is neither shown nor injected', async (ctx) => {
  const [A, B] = [await createTestUser(ctx, 'core.admin'), await createTestUser(ctx, 'core.admin')];
  const name = ctx.name('own');
  const own = ({ id }: typeof A) => `${name}-${id}`;
  for (const user of [A, B]) {
    const owner = { owner_type: 'identity' as const, owner_identity: user.id };
    await user.client.keys.create({
      ref: own(user),
      name,
      value: `${ctx.nonce}-${user.id}`,
      encrypted: true,
      ...owner,
    });
    ctx.defer(() => user.client.keys.removeIfExists(own(user)));
  }
  const packs = [await ctx.ownCopy('e2e'), await ctx.ownCopy('e2e')].map(({ ref }) => ref);
  for (const pack of packs) await storeSecret(ctx, pack, 'secret', `${ctx.nonce}-of-${pack}`);
  const { keys } = B.client;

  const listed = (await keys.list()).map(({ ref }) => ref).filter((ref) => [own(A), own(B)].includes(ref));
  const statuses = [
    await rejectionStatus(keys.get(own(A))),
    await rejectionStatus(keys.update(own(A), { value: 'other' })),
    await rejectionStatus(keys.remove(own(A))),
  ];
  const parameters = { ...ctx.ledgerInput('find'), control: CONTROL };
  const found = await printed({ ...ctx, client: B.client }, `${packs[1]}.find-secret`, parameters);

  expect([listed, statuses]).toEqual([[own(B)], [404, 403, 403]]);
  expect((await A.client.keys.get(own(A))).value).toBe(`${ctx.nonce}-${A.id}`);
  expect(JSON.parse(found)).toMatchObject({ sha256: sha256(`${ctx.nonce}-of-${packs[1]}`), secret: [] });
});
