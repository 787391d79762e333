// Spec: a secret reaches the programs of its owner on standard input, and appears nowhere else.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { logToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { statusHistory } from '../support/status-history';
import { until } from '../../../helpers/scenario/polling';
import { openNotifierSocket } from '../../../helpers/scenario/resources/notifications';
import { outputOf } from '../../../helpers/scenario/resources/output-of';
import { createPackKey } from '../../../helpers/scenario/resources/stored-keys';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { expectHidden, secretEncodings } from '../../../helpers/scenario/resources/secret-encodings';
import { createTestUser, type TestUser } from '../../../helpers/scenario/resources/test-users';
import { openTargetDatabase } from '../../../helpers/target/target-database';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Runs an action to its end and returns all that its process printed. */
const printed = async (ctx: Pick<Context, 'client' | 'deadline' | 'facts'>, action: string, parameters = {}) =>
  outputOf(ctx, (await runAction(ctx, action, { parameters })).id, 'stdout');

/** Prints all that the process has, but a secret of its own would be masked. */
const PRINT_EVERYTHING = `cat "/proc/$$/environ" | tr '\\0' '\\n'; set`;
const CONTROL = 'find-secret';

/** Its entries become variables, but for the secret one. */
const CONTEXT = {
  context: { type: 'object', properties: { word: { type: 'string' }, hidden: { type: 'string', secret: true } } },
};
const PRINT_CONTEXT = `compgen -e ATTUNE_CONTEXT_; printf '%s' "$context" | wc -c`;

claim('T3.20a', ['secrets.stdin', 'host.processes'], 'a secret arrives on standard input only', async (ctx) => {
  const { ref: pack } = await ctx.ownCopy('e2e');
  const other = await ctx.ownCopy('e2e');
  const secret = `${ctx.nonce}-secret`;
  await createPackKey(ctx, pack, 'secret', secret);
  const parameters = { ...ctx.ledgerInput('find'), control: CONTROL };

  const found = await printed(ctx, `${pack}.find-secret`, parameters);
  const ofOther = await printed(ctx, await createScriptAction(ctx, other.ref, PRINT_EVERYTHING));
  const context = { word: ctx.nonce, hidden: secret };
  const ofContext = await printed(ctx, await createScriptAction(ctx, pack, PRINT_CONTEXT, CONTEXT), { context });

  expect(JSON.parse(found)).toEqual({
    sha256: sha256(secret),
    secret: [],
    control: expect.arrayContaining(['environment', 'command_line', 'directory', 'temporary_files']) as unknown,
  });
  expectHidden(secret, other.ref, { ofOther });
  expect(ofContext.split(/\s+/)).toEqual(['ATTUNE_CONTEXT_WORD', String(JSON.stringify(context).length), '']);
});

const STORED = ['keys.encryption', 'sql'];

claim('T3.20b', STORED, 'the stored forms of equal secrets differ and hide their value', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const pack = await ctx.ownPack();
  const [secret, plain] = [`${ctx.nonce}-secret`, `${ctx.nonce}-plain`];

  for (const name of ['one', 'two']) await createPackKey(ctx, pack, name, secret);
  await createPackKey(ctx, pack, 'plain', plain, { isPlain: true });

  const [one, two] = [await database.row('key', 'ref', `${pack}.one`), await database.row('key', 'ref', `${pack}.two`)];
  expect([one.encrypted, two.encrypted, one.value === two.value]).toEqual([true, true, false]);
  const tables = await database.tablesContaining(secretEncodings(plain));
  expect(tables).toContainEqual(expect.stringMatching(/^\w+\.key: 1$/));
  expect(await database.tablesContaining(secretEncodings(secret))).toEqual([]);
  expect((await ctx.client.keys.get(`${pack}.two`)).value).toBe(secret);
});

/**
 * Prints the secret plain, within JSON, and in two parts, on each stream, around the control; and
 * the one that is the default of a parameter.
 */
const PRINT_SECRET = `
for stream in 1 2; do
  printf '%s %s %s %s\\n{"nested": ["%s"]}\\n' "$word" "$secret" "$default" "$word" "$secret" >&$stream
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

/** A secret and a word that an action of the test's own pack prints; the word is no secret. */
async function createPrinter(ctx: Context) {
  const pack = await ctx.ownPack();
  const [secret, word] = [`${ctx.nonce}-secret`, ctx.name('word')];
  const ofSchema = `${ctx.nonce}-default`;
  const parameters = { default: { type: 'string', secret: true, default: ofSchema } };
  await createPackKey(ctx, pack, 'secret', secret);
  return { secrets: [secret, ofSchema], word, action: await createScriptAction(ctx, pack, PRINT_SECRET, parameters) };
}

/** Runs the printer by an event to its end with this exit code; the event has the word. */
async function runPrinter(ctx: Context, { action, word }: Printer, code: number) {
  const actionParams = { word: '{{ event.payload.word }}', code };
  const { rule, post } = await ctx.webhookRule({ action, actionParams });
  const { event_id } = await post({ word });
  const goal = code === 0 ? 'completed' : 'failed';
  const [ended] = await until(executionsToBe(goal, 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  return { id: ended!.id, goal, event: event_id, enforcement: ended!.enforcement! } as const;
}
type Printer = Awaited<ReturnType<typeof createPrinter>>;
type PrinterRun = Awaited<ReturnType<typeof runPrinter>>;

/**
 * The secret is masked in both streams, and appears in no record and in no notification of the
 * run.
 */
async function expectMasked(ctx: Context, { secrets, word, action }: Printer, run: PrinterRun, socket: NotifierSocket) {
  const { client } = ctx;
  const text = `${word} *** *** ${word}\n{"nested": ["***"]}\n***\n`;
  const streams = [await outputOf(ctx, run.id, 'stdout'), await outputOf(ctx, run.id, 'stderr')];
  expect(streams).toEqual([text, text]);
  const records = [await client.events.get(run.event), await client.enforcements.get(run.enforcement)];
  const history = await statusHistory(ctx, socket, run.id, run.goal);
  const row = await client.executions.get(run.id);
  for (const secret of secrets) {
    expectHidden(secret, word, row, ...records);
    expectHidden(secret, action, history, socket.notifications);
  }
}

claim('T3.20c', PRINTED, 'a printed secret is masked everywhere, and nothing beside it', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  const printer = await createPrinter(ctx);

  const runs = [await runPrinter(ctx, printer, 0), await runPrinter(ctx, printer, 7)];

  const { secrets, word } = printer;
  for (const run of runs) await expectMasked(ctx, printer, run, socket);
  const { log } = ctx.facts;
  const flooded = log === null ? null : await logAfterFlood(ctx, socket, log);
  for (const secret of secrets) if (flooded !== null) expectHidden(secret, socket.clientId, { log: flooded });
  if (!ctx.canProve('executions.log')) return;
  for (const { id } of runs) {
    const [tree, entries] = [await ctx.client.executions.tree(id), await until(logToEnd(ctx.client, id), ctx.deadline)];
    for (const secret of secrets) {
      expectHidden(secret, word, tree);
      expectHidden(secret, 'AGENT_RESPONSE', entries);
    }
  }
});

/** Stores an encrypted key of this name for a user. Returns its ref and value. */
async function createOwnKey(ctx: Context, { id, client }: TestUser, name: string) {
  const key = { ref: ctx.name('own'), name, value: `${ctx.nonce}-${id}`, encrypted: true };
  await client.keys.create({ ...key, owner_type: 'identity', owner_identity: id });
  ctx.defer(() => client.keys.removeIfExists(key.ref));
  return key;
}

claim('T3.20d', ['ownership', 'rbac'], 'a secret of another person is neither shown nor changed', async (ctx) => {
  const [A, B] = [await createTestUser(ctx, 'core.admin'), await createTestUser(ctx, 'core.admin')];
  const [ofA, ofB] = [await createOwnKey(ctx, A, 'own'), await createOwnKey(ctx, B, 'own')];
  const { keys } = B.client;

  const listed = (await keys.list()).map(({ ref }) => ref).filter((ref) => [ofA.ref, ofB.ref].includes(ref));
  const statuses = [
    await rejectionStatus(keys.get(ofA.ref)),
    await rejectionStatus(keys.update(ofA.ref, { value: 'other' })),
    await rejectionStatus(keys.remove(ofA.ref)),
  ];

  expect([listed, statuses]).toEqual([[ofB.ref], [404, 403, 403]]);
  expect((await A.client.keys.get(ofA.ref)).value).toBe(ofA.value);
});

const INJECTED = ['ownership', 'rbac', 'secrets.stdin'];

claim('T3.20e', INJECTED, 'a process receives the secret of its own pack, and no other', async (ctx) => {
  const user = await createTestUser(ctx, 'core.admin');
  await createOwnKey(ctx, user, 'secret');
  const packs = [await ctx.ownCopy('e2e'), await ctx.ownCopy('e2e')].map(({ ref }) => ref);
  for (const pack of packs) await createPackKey(ctx, pack, 'secret', `${ctx.nonce}-of-${pack}`);
  const parameters = { ...ctx.ledgerInput('find'), control: CONTROL };

  const found = await printed({ ...ctx, client: user.client }, `${packs[1]}.find-secret`, parameters);

  expect(JSON.parse(found)).toMatchObject({ sha256: sha256(`${ctx.nonce}-of-${packs[1]}`), secret: [] });
});
