import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { ClusterTemplate } from '../../../platform/embedded/cluster-template';
import { startPostgres } from '../../../platform/embedded/embedded';
import { startWatchdog } from '../../../platform/embedded/watchdog';
import { withPrivateBase, remainingTraces } from './holder-process';
import { queryOnce } from '../database/query-once';

const base = withPrivateBase();

const log = pino({ level: 'silent' });

/** A template that prepares a table, and counts how often. */
function templateAt(path: string): ClusterTemplate & { readonly prepared: () => number } {
  let count = 0;
  const prepare = async (url: string): Promise<void> => {
    await queryOnce(url, `create table prepared as select ${++count} as n`);
  };
  return { path, prepare, prepared: () => count };
}

const start = async (template: ClusterTemplate) =>
  startPostgres({ durable: false, log, template, watchdog: await startWatchdog(base.path) });

const hasTable = async (url: string): Promise<boolean> =>
  (await queryOnce(url, `select 1 from pg_class where relname = 'prepared'`)).length === 1;

const passwordOf = (url: string): string => new URL(url).password;

test('a template is prepared once; each start has a copy with its own password', async () => {
  const template = templateAt(join(base.path, 'cache/of-these-sources.tar'));
  const [first, second] = [await start(template), await start(template)];

  await queryOnce(first.url, 'insert into prepared values (2)');
  expect(await queryOnce(second.url, 'select n from prepared')).toEqual([{ n: 1 }]);
  expect(template.prepared()).toBe(1);
  expect(passwordOf(first.url)).not.toBe(passwordOf(second.url));
  const swapped = first.url.replace(passwordOf(first.url), passwordOf(second.url));
  await expect(queryOnce(swapped, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  const archive = readFileSync(template.path);
  expect([first.url, second.url].map((url) => archive.includes(passwordOf(url)))).toEqual([false, false]);

  await Promise.all([first.stop(), second.stop()]);
  expect(remainingTraces(base.path)).toEqual([]);
  expect(readdirSync(join(base.path, 'cache'))).toEqual(['of-these-sources.tar']);
});

test('the password of the template itself opens no copy', async () => {
  const template = templateAt(join(base.path, 'cache/of-these-sources.tar'));
  const { url, stop } = await start(template);
  const [row] = await queryOnce<{ path: string }>(url, `select current_setting('data_directory') as path`);
  const password = readFileSync(join(row!.path, 'tuningfork.password'), 'utf8');

  await expect(queryOnce(url.replace(passwordOf(url), password), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await stop();
});

test('platforms that start at once with no template both run', async () => {
  const template = templateAt(join(base.path, 'at-once/sources.tar'));
  const started = await Promise.all([start(template), start(template)]);

  expect(await Promise.all(started.map(({ url }) => hasTable(url)))).toEqual([true, true]);

  await Promise.all(started.map(({ stop }) => stop()));
  expect(readdirSync(join(base.path, 'at-once'))).toEqual(['sources.tar']);
});

test('an archive that is damaged is removed, and the start goes on without it', async () => {
  const path = join(base.path, 'damaged.tar');
  writeFileSync(path, 'not an archive');
  const template = templateAt(path);

  const { url, stop } = await start(template);

  expect([await hasTable(url), template.prepared()]).toEqual([false, 0]);
  expect(readdirSync(base.path)).not.toContain('damaged.tar');
  await stop();
});

test('a copy that fails leaves a good archive to the next start', async () => {
  const template = templateAt(join(base.path, 'good/sources.tar'));
  await (await start(template)).stop();
  const watchdog = await startWatchdog(base.path);
  const guard = jest.spyOn(watchdog, 'guard');
  guard.mockImplementationOnce((_kind, pid) => Promise.resolve(void process.kill(pid, 'SIGKILL')));

  const { url, stop } = await startPostgres({ durable: false, log, template, watchdog });

  expect([await hasTable(url), template.prepared()]).toEqual([false, 1]);
  expect(readdirSync(join(base.path, 'good'))).toEqual(['sources.tar']);
  await stop();
});

test('a start that is stopped leaves the archive to the next one', async () => {
  const template = templateAt(join(base.path, 'stopped/sources.tar'));
  await (await start(template)).stop();
  const watchdog = await startWatchdog(base.path);
  const stopped = watchdog.stop();

  await expect(startPostgres({ durable: false, log, template, watchdog })).rejects.toThrow();
  await stopped;

  expect(readdirSync(join(base.path, 'stopped'))).toEqual(['sources.tar']);
  expect(remainingTraces(base.path)).toEqual([]);
});

test('where no archive can be stored, the database starts empty', async () => {
  writeFileSync(join(base.path, 'a-file'), '');
  const template = templateAt(join(base.path, 'a-file/sources.tar'));

  const { url, stop } = await start(template);

  expect([await hasTable(url), template.prepared()]).toEqual([false, 0]);
  await stop();
});

test('the archives of three states of the sources are kept', async () => {
  const directory = join(base.path, 'many');
  mkdirSync(directory);
  for (const name of ['a', 'b', 'c', 'd']) await (await start(templateAt(join(directory, `${name}.tar`)))).stop();

  expect(readdirSync(directory).sort()).toEqual(['b.tar', 'c.tar', 'd.tar']);
});
