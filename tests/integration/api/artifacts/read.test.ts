import { rmSync, writeFileSync } from 'node:fs';
import { createGrantHolder } from '../grant-holder';
import {
  READ_ALL,
  completeExecution,
  leaseExecution,
  newActionRef,
  recordLogs,
  withArtifactApi,
  writeStdout,
} from './with-artifact-api';

const api = withArtifactApi();

test('a download returns the bytes of its version under a file name', async () => {
  const action = newActionRef();
  await writeStdout(api(), await leaseExecution(api(), action), 'first\n');
  await writeStdout(api(), await leaseExecution(api(), action), 'zweite ü\n');
  const { id } = await api().reader.artifacts.byRef(`${action}.stdout.log`);

  const token = await createGrantHolder(api().owner, READ_ALL);
  const response = await fetch(`${api().url}/api/v1/artifacts/${id}/versions/2/download`, {
    headers: { authorization: `Bearer ${token}` },
  });

  expect(await response.text()).toBe('zweite ü\n');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-disposition': `attachment; filename="${action.replace('.', '_')}_stdout_log_v2.txt"`,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '10',
    'x-content-type-options': 'nosniff',
  });
  expect(await api().reader.artifacts.download(id)).toBe('zweite ü\n');
  expect(await api().reader.artifacts.downloadVersion(id, 1)).toBe('first\n');
  await expect(api().reader.artifacts.downloadVersion(id, 3)).rejects.toMatchObject({ status: 404 });
});

test('the download of a missing file is 404', async () => {
  const action = newActionRef();
  rmSync(await writeStdout(api(), await leaseExecution(api(), action), 'said'));
  const { id } = await api().reader.artifacts.byRef(`${action}.stdout.log`);

  await expect(api().reader.artifacts.download(id)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test('an artifact is streamed until its execution has ended', async () => {
  const action = newActionRef();
  const claim = await leaseExecution(api(), action);
  const path = await writeStdout(api(), claim, 'one');
  const { id } = await api().reader.artifacts.byRef(`${action}.stdout.log`);
  const events = api().reader.artifacts.follow(id);
  const first = await events.next();
  writeFileSync(path, 'one two');
  const second = await events.next();
  await completeExecution(api(), claim.execution);

  const third = await events.next();

  expect([first, second, third].map(({ value }) => value as unknown)).toMatchObject([
    { event: 'content', data: 'one' },
    { event: 'append', data: ' two', id: '7' },
    { event: 'done' },
  ]);
  expect((await events.next()).done).toBe(true);
  const { rows } = await api().owner.query<{ id: number }>(
    `insert into artifact (ref, type, visibility) values ('a.link', 'url', 'public') returning id`,
  );
  await expect(api().reader.artifacts.follow(rows[0]!.id).next()).rejects.toMatchObject({ status: 400 });
});

test('a list applies every filter and pages the readable rows', async () => {
  const action = newActionRef();
  const claim = await leaseExecution(api(), action);
  await recordLogs(api().db, claim, [{ stream: 'stdout', bytes: 1 }]);
  await recordLogs(api().db, claim, [{ stream: 'stderr', bytes: 1 }]);
  const both = { owner: action };

  const refs = async (filter: object) =>
    (await api().reader.artifacts.list({ ...both, ...filter })).map(({ ref }) => ref);

  expect(await refs({})).toEqual([`${action}.stderr.log`, `${action}.stdout.log`]);
  expect(await refs({ name: `${action}.stderr.log` })).toEqual([`${action}.stderr.log`]);
  expect(await refs({ name: 'STDOUT' })).toEqual([`${action}.stdout.log`]);
  expect(await refs({ scope: 'pack' })).toEqual([]);
  expect(await refs({ type: 'url' })).toEqual([]);
  expect(await refs({ visibility: 'public' })).toEqual([]);
  expect(await refs({ execution: claim.execution + 1_000 })).toEqual([]);
  const token = await createGrantHolder(api().owner, READ_ALL);
  const response = await fetch(`${api().url}/api/v1/artifacts?owner=${action}&per_page=1&page=2`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await response.json()).toMatchObject({
    items: [{ ref: `${action}.stdout.log` }],
    pagination: { page: 2, page_size: 1, total_items: 2, total_pages: 2, has_next: false },
  });
});
