// Spec: a lost connection to the database delays a run, and nothing of the run happens twice.
import { startTcpRelay, type TcpRelay } from '../../../../helpers/fixtures/tcp-relay';
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import { logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { stays, until } from '../../../../helpers/scenario/polling';
import { createScratchDatabase } from '../../support/scratch-database';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createWorkflow, onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { errorSummary, sendRawRequest } from '../../support/raw-request';

const test = systemTestNeeding('host.processes', 'sql');

const LIMIT_SECONDS = 90;

/** A platform that reaches its database through the relay. */
async function startBehindRelay(ctx: Context, leaseSeconds: number) {
  const database = await createScratchDatabase(ctx);
  const url = new URL(database.url);
  const relay = await startTcpRelay(decodeURIComponent(url.hostname), Number(url.port));
  ctx.defer(() => relay[Symbol.asyncDispose]());
  Object.assign(url, { hostname: '127.0.0.1', port: String(relay.port) });
  const settings = { DATABASE_URL: url.href, PLATFORM_LEASE_SECONDS: String(leaseSeconds) };
  return { database, relay, platform: await RestartablePlatform.start(ctx, settings) };
}

const write = (file: string) => `echo $PLATFORM_ATTEMPT >> "$ATTUNE_ARTIFACTS_DIR/${file}"`;
const waitFor = (file: string) => `until [ -e "$ATTUNE_ARTIFACTS_DIR/${file}" ]; do sleep 0.05; done`;

/** Two steps: the first writes a word, and ends when there is a file `go`. Returns the id. */
async function startTwoSteps(ctx: Context, platform: RestartablePlatform): Promise<number> {
  const { client } = platform;
  const { ref } = await client.packs.create({ ref: ctx.name('pack'), label: 'steps', version: '1.0.0' });
  const script = (text: string) => createScriptAction({ client, name: ctx.name }, ref, text);
  const workflow = await createWorkflow(client, ref, [
    { name: 'one', action: await script(`${write('one')}\n${waitFor('go')}`), next: [onSuccess('two')] },
    { name: 'two', action: await script(write('two')) },
  ]);
  const { id } = await client.executions.execute({ action_ref: workflow.ref });
  await platform.waitForWords('one', 1);
  return id;
}

/** Cuts the connections for a time in which the API is not available, and restores them. */
async function cutDatabase(
  ctx: Context,
  platform: RestartablePlatform,
  relay: TcpRelay,
  execution: number,
  cutMs: number,
) {
  const request = { method: 'GET' as const, path: `/api/v1/executions/${execution}`, token: platform.token };
  const read = async () => errorSummary(await sendRawRequest(platform, request)).slice(0, 2);
  relay.cut();
  const isCut = predicateToHold('a connection to be refused', () => relay.refused() > 0);
  await stays(read, [503, 'DB_UNAVAILABLE'], isCut, cutMs, ctx.deadline);
  relay.restore();
}

const STEP = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];

const VALID_LEASE = `select from lease l join execution e on l.resource = 'execution:' || e.id
  where e.parent = $1 and l.expires_at > liveness_now()`;

async function runThroughCut(ctx: Context, leaseSeconds: number, cutMs: number): Promise<void> {
  const { database, relay, platform } = await startBehindRelay(ctx, leaseSeconds);
  const id = await startTwoSteps(ctx, platform);

  await cutDatabase(ctx, platform, relay, id, cutMs);
  const isRenewed = async () => (await database.query(VALID_LEASE, [id])).length === 1;
  await until(predicateToHold('the lease of the step to be valid', isRenewed), ctx.deadline);
  platform.writeFile('go');

  const log = await until(logToEnd(platform.client, id), ctx.deadline);
  const { status } = await platform.client.executions.get(id);
  expect(status).toBe('completed');
  expect(log.map(({ type }) => type)).toEqual(['EXECUTION_STARTED', ...STEP, ...STEP, 'EXECUTION_COMPLETED']);
  expect(['one', 'two'].map((file) => platform.wordsOf(file))).toEqual([['1'], ['1']]);
}

test('S3-18 a lost database delays a run, and no step runs twice', LIMIT_SECONDS, (ctx) =>
  runThroughCut(ctx, 30, 3_000),
);

test('S3-18 leases that expire with the database are renewed', LIMIT_SECONDS, (ctx) => runThroughCut(ctx, 5, 7_000));
