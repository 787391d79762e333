// Spec: workers and sensors without the platform's disk share files with programs only.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createClient, type Client } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { start } from '../support/commands/platform-start';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { systemTest, systemTestNeeding } from '../support/system-test';

const onHost = systemTestNeeding('host.processes');
const START_SECONDS = 60;

/** The token of a sensor of a pack. */
async function sensorToken(client: Client, pack: string): Promise<string> {
  const trigger = await client.triggers.create({ ref: `${pack}.seen`, pack_ref: pack, label: 'seen' });
  const { token } = await client.auth.sensorToken({ sensor_ref: `${pack}.watch`, trigger_types: [trigger.ref] });
  return token;
}

/** A client with the token of a sensor. */
async function sensorClient(ctx: Context): Promise<Client> {
  return createClient({ baseUrl: ctx.facts.url, token: await sensorToken(ctx.client, await ctx.ownPack()) });
}

/** Bytes of each file below the directory in which bodies are received. */
const receivedBytes = ({ data }: RestartablePlatform): number[] =>
  readdirSync(join(data, 'artifacts', '.received'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);

/** Sends the first bytes of a file, and leaves the request open. */
function beginPut(ctx: Context, { url }: RestartablePlatform, token: string, path: string, bytes: Buffer): void {
  const headers = { authorization: `Bearer ${token}`, 'content-length': 2 * bytes.length };
  const put = request(`${url}/api/v1/internal/files/${path}`, { method: 'PUT', headers });
  put.on('error', () => undefined); // the platform is killed meanwhile
  ctx.defer(() => put.destroy());
  put.write(bytes);
}

/** Runs a script in the directory of artifacts, and returns what it printed. */
async function runScript(ctx: Context, script: string): Promise<unknown> {
  const action = await createScriptAction(ctx, await ctx.ownPack(), `cd "$ATTUNE_ARTIFACTS_DIR" || exit 9\n${script}`);
  const { id } = await ctx.client.executions.execute({ action_ref: action });
  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return (result as { stdout: unknown }).stdout;
}

systemTest('S0-59 a program reads and continues a file that a sensor has stored', async (ctx) => {
  const { internalFiles } = await sensorClient(ctx);
  const path = `${ctx.nonce}/notes/today`;

  const stored = [
    await internalFiles.put(path, Buffer.from('one')),
    await internalFiles.append(path, Buffer.from(' two')),
  ];
  const printed = await runScript(ctx, `cat '${path}'; printf ' three' >> '${path}'; printf x > '${ctx.nonce}/made'`);

  expect([stored, printed]).toEqual([[201, 204], 'one two']);
  expect((await internalFiles.get(path)).toString()).toBe('one two three');
  expect([await internalFiles.remove(path), await internalFiles.remove(`${ctx.nonce}/made`)]).toEqual([204, 204]);
  expect(await rejectionStatus(internalFiles.get(path))).toBe(404);
});

systemTest('S0-60 a symbolic link of a program is not followed', async (ctx) => {
  const { internalFiles } = await sensorClient(ctx);
  const { nonce } = ctx;

  await runScript(ctx, `mkdir '${nonce}' && ln -s /etc/passwd '${nonce}/link' && ln -s / '${nonce}/root'`);

  const paths = [
    `${nonce}/link`,
    `${nonce}/root/etc/passwd`,
    `${nonce}/../${nonce}/link`,
    `${nonce}/a..b`,
    '/etc/passwd',
  ];
  expect(await Promise.all(paths.map((path) => rejectionStatus(internalFiles.get(path))))).toEqual([
    ...[404, 404, 400, 400, 400],
  ]);
  expect(await rejectionStatus(internalFiles.append(`${nonce}/link`, Buffer.from('x')))).toBe(400);
  expect(await rejectionStatus(ctx.client.internalFiles.get(`${nonce}/link`))).toBe(403);
  await runScript(ctx, `rm -r '${nonce}'`);
});

onHost('S0-67 a file that a killed platform received in part is not kept', START_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, {});
  const pack = ctx.name('pack').replaceAll('-', '_');
  await platform.client.packs.create({ ref: pack, label: 'files', version: '1.0.0' });
  const token = await sensorToken(platform.client, pack);
  const internalFiles = () => createClient({ baseUrl: platform.url, token }).internalFiles;
  await internalFiles().put('notes', Buffer.from('whole'));
  const part = Buffer.alloc(100_000, 'x');

  beginPut(ctx, platform, token, 'notes', part);
  const isReceived = () => Promise.resolve(receivedBytes(platform).includes(part.length));
  await until(predicateToHold('the part to be received', isReceived), ctx.deadline);
  await platform.end('SIGKILL');
  await platform.boot();

  expect((await internalFiles().get('notes')).toString()).toBe('whole');
  expect(receivedBytes(platform)).toEqual([]);
});

onHost('S0-61 a host fetches its agent program for the token of the operator', START_SECONDS, async (ctx) => {
  const directory = mkdtempSync(join(ctx.facts.directory, 'agents-'));
  ctx.defer(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'attune-agent-aarch64'), 'a program');
  const env = { PLATFORM_AGENT_DIR: directory, PLATFORM_AGENT_TOKEN: ctx.nonce };
  const { running } = await start(ctx, [], { env });
  const { agentPrograms } = createClient({ baseUrl: running.url });

  expect((await agentPrograms.info()).architectures).toEqual([
    { arch: 'x86_64', size_bytes: 0, available: false },
    { arch: 'aarch64', size_bytes: 9, available: true },
  ]);
  expect((await agentPrograms.binary('arm64', ctx.nonce)).toString()).toBe('a program');
  const rejected = [agentPrograms.binary('arm64', `${ctx.nonce}x`), agentPrograms.binary('x86_64', ctx.nonce)];
  expect(await Promise.all(rejected.map(rejectionStatus))).toEqual([401, 404]);
});
