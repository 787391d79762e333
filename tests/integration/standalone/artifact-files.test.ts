import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';
import { startNetworkProxy } from '../../../helpers/fixtures/network-proxy';
import { createAction, startPlatformAlone, startWorker, stopWorker, toComplete } from './standalone-platform';

/** Of a worker that is killed: what it had sent of a file is removed after it. */
const SHORT_LEASE = { PLATFORM_STANDALONE_LEASE_SECONDS: '5' };
const BYTES = 600_000;
const LARGE_BYTES = 12 * 1_024 ** 2;
const TOO_MANY_BYTES = 100 * 1_024 ** 2 + 1;
const DELAY_MS = 10;

/** Its actions may write here. */
const base = privateBase();
const home = privateBase();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => {
  base.remove();
  home.remove();
});

type Platform = Awaited<ReturnType<typeof startPlatformAlone>>;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatformAlone();
});
afterAll(() => platform.stop());

/** `directory`: of the worker, below its home. */
async function startHere({ client, running }: Platform, directory: string, api = running.url) {
  const { token } = await client.standaloneWorkers.issueToken({ name: directory });
  const args = ['--directory', join(home.path, directory)];
  const env = { PLATFORM_ACTION_PATHS: base.path };
  const worker = await startWorker({ api, name: directory, token, args, env });
  closers.push(() => stopWorker(worker));
  return worker;
}

/** Executes a script for which versions of these artifacts are reserved before it goes on. */
async function executeWriting({ client }: Platform, script: string, refs: readonly string[]) {
  const reserved = join(base.path, `reserved-${randomUUID()}`);
  const action = await createAction(client, `until [ -e ${reserved} ]; do sleep 0.1; done; ${script}`);
  const { id } = await client.executions.execute({ action_ref: action });
  const versions = [];
  for (const ref of refs)
    versions.push(await client.artifacts.addFileByRef(ref, { type: 'file_binary', execution: id }));
  writeFileSync(reserved, '');
  return { id, versions };
}

const writeTo = (path: string, command: string) =>
  `f="$ATTUNE_ARTIFACTS_DIR/${path}"; mkdir -p "$(dirname "$f")"; ${command}`;
const random = (bytes: number) => `head -c ${bytes} /dev/urandom >"$f"; sha256sum <"$f"`;
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const stdoutOf = async ({ client }: Platform, id: number) =>
  ((await client.executions.get(id)).result as { stdout: string }).stdout;

/** Sizes of the files that the platform has not received in full. */
function incomplete({ running }: Platform): number[] {
  const directory = join(running.directory, 'artifacts/.received');
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0);
}

const someReceived = (platform: Platform) =>
  predicateToHold('a part of the file to arrive', () => Promise.resolve(incomplete(platform).some((size) => size > 0)));
const noneReceived = (platform: Platform) =>
  predicateToHold('no file to be incomplete', () => Promise.resolve(incomplete(platform).length === 0));

test('a file of an artifact is downloaded byte for byte, and not kept here', async () => {
  const { artifacts } = platform.client;
  const script = writeTo('far/report/v1.bin', random(BYTES));
  await startHere(platform, 'sender');
  const { id, versions } = await executeWriting(platform, script, ['far.report']);
  await toComplete(platform.client, id);

  const { artifact, file_path } = versions[0]!;
  expect(file_path).toBe('far/report/v1.bin');
  expect(await artifacts.latest(artifact)).toMatchObject({ version: 1, execution: id, size_bytes: BYTES });
  expect(await stdoutOf(platform, id)).toBe(`${digestOf(await artifacts.downloadBytes(artifact))}  -\n`);
  const isEmpty = () => readdirSync(join(home.path, 'sender/artifacts/1')).length === 0;
  await until(predicateToHold('the files here to be removed', isEmpty), livenessDeadline());
  expect(incomplete(platform)).toEqual([]);
});

test('what is no file that was reserved is not sent, and the log says why', async () => {
  const { client } = platform;
  const script = [
    writeTo('far/large/v1.bin', `truncate -s ${TOO_MANY_BYTES} "$f"`),
    writeTo('far/link/v1.bin', 'ln -s /etc/hostname "$f"'),
    writeTo('far/directory/v1.bin', 'mkdir "$f"; echo inside >"$f/file"'),
    writeTo('far/empty/v1.bin', ': >"$f"'),
  ].join('; ');
  const refs = ['large', 'link', 'directory', 'empty', 'unwritten'].map((name) => `far.${name}`);
  const worker = await startHere(platform, 'strict');
  const { id, versions } = await executeWriting(platform, script, refs);
  await toComplete(client, id);

  const downloads = await Promise.allSettled(versions.map(({ artifact }) => client.artifacts.download(artifact)));
  expect(downloads.map((settled) => (settled.status === 'fulfilled' ? settled.value : 404))).toEqual([
    ...[404, 404, 404, '', 404],
  ]);
  const log = await client.executions.log(id);
  const reasons = log.filter(({ type }) => type === 'WARNING').map(({ payload }) => payload);
  expect(reasons).toEqual([
    { code: 'ARTIFACT_FILE_NOT_SENT', path: 'far/large/v1.bin', problem: expect.stringContaining('at most 104857600') },
    { code: 'ARTIFACT_FILE_NOT_SENT', path: 'far/link/v1.bin', problem: 'it is a symbolic link' },
    { code: 'ARTIFACT_FILE_NOT_SENT', path: 'far/directory/v1.bin', problem: 'it is a directory' },
    {
      code: 'ARTIFACT_FILE_NOT_SENT',
      problem: '1 files have no version of an artifact that was reserved for them',
      paths: ['far/directory/v1.bin/file'],
    },
  ]);
  await stopWorker(worker);
  expect((await worker.stderr).match(/file of an artifact not sent/g)).toHaveLength(4);
});

test('a cut while a file is sent loses nothing, and shows no half of it', async () => {
  const { artifacts } = platform.client;
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: platform.running.url, delayMs: DELAY_MS });
  closers.push(proxy.close);
  const script = `${writeTo('far/cut/v1.bin', random(LARGE_BYTES))}; echo "attempt $PLATFORM_ATTEMPT"`;
  await startHere(platform, 'cut', proxy.url);
  const { id, versions } = await executeWriting(platform, script, ['far.cut']);
  const { artifact } = versions[0]!;
  await until(someReceived(platform), livenessDeadline());
  proxy.cut();
  await expect(artifacts.downloadBytes(artifact)).rejects.toMatchObject({ status: 404 });
  proxy.restore();
  await toComplete(platform.client, id);

  const digest = digestOf(await artifacts.downloadBytes(artifact));
  expect(await stdoutOf(platform, id)).toBe(`${digest}  -\nattempt 1\n`);
});

test('a worker that is killed while it sends leaves no part of the file', async () => {
  const platform = await startPlatformAlone(SHORT_LEASE);
  closers.push(() => platform.stop());
  const { artifacts } = platform.client;
  const proxy = await startNetworkProxy({ host: '127.0.0.1', target: platform.running.url, delayMs: DELAY_MS });
  closers.push(proxy.close);
  const script = writeTo('far/killed/v1.bin', random(LARGE_BYTES));
  const first = await startHere(platform, 'first', proxy.url);
  const { id, versions } = await executeWriting(platform, script, ['far.killed']);
  const { artifact } = versions[0]!;
  await until(someReceived(platform), livenessDeadline());
  first.process.kill('SIGKILL');
  await until(noneReceived(platform), livenessDeadline());

  await expect(artifacts.downloadBytes(artifact)).rejects.toMatchObject({ status: 404 });
  await startHere(platform, 'second');
  await toComplete(platform.client, id);
  expect(await stdoutOf(platform, id)).toBe(`${digestOf(await artifacts.downloadBytes(artifact))}  -\n`);
});
