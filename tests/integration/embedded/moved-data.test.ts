// The data directory is a backup: whole, and at any place.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { Client } from '../../../helpers/client/client';
import { testDirectory } from '../../test-directory';
import { livenessDeadline } from '../liveness';
import { spawnCli, stopCli, waitForReady, type CliProcess } from './cli-process';
import { privateBase } from './holder-process';

const base = privateBase();
const started: CliProcess[] = [];
afterEach(async () => {
  for (const cli of started.splice(0)) await stopCli(cli);
});
afterAll(() => base.remove());

async function up(data: string) {
  const cli = spawnCli(['up', '--port', '0', '--workers', '1', '--json', '--data', data]);
  started.push(cli);
  return { cli, running: await waitForReady(cli) };
}

function writePack(): string {
  const directory = testDirectory();
  mkdirSync(join(directory, 'actions'));
  writeFileSync(join(directory, 'pack.yaml'), 'ref: moved\nversion: 1.0.0\nname: Moved\n');
  writeFileSync(
    join(directory, 'actions/print.yaml'),
    'ref: moved.print\nlabel: Print\nrunner_type: shell\nentry_point: print.sh\n',
  );
  writeFileSync(join(directory, 'actions/print.sh'), '#!/bin/sh\necho printed\n', { mode: 0o755 });
  return directory;
}

async function outputOf(client: Client, action: string) {
  const { id } = await client.executions.execute({ action_ref: action, parameters: {} });
  const { result } = await until(executionToBe('completed', client, id), livenessDeadline());
  return result;
}

test('a platform goes on with its data at another place', async () => {
  const [from, to] = [join(base.path, 'from'), join(base.path, 'to')];
  const first = await up(from);
  const password = first.running.password!;
  const before = (await logIn({ baseUrl: first.running.url }, first.running.login, password)).client;
  await before.packs.upload(writePack());
  await before.workflows.create({
    ref: 'moved.flow',
    pack_ref: 'moved',
    label: 'Flow',
    version: '1.0.0',
    definition: { version: '1.0.0', tasks: [{ name: 'a', action: 'moved.print' }] },
  });
  await outputOf(before, 'moved.flow');
  await stopCli(first.cli);
  renameSync(from, to);

  const { running } = await up(to);
  const { client } = await logIn({ baseUrl: running.url }, running.login, password);

  expect(running.stack_id).toBe(first.running.stack_id);
  expect(await outputOf(client, 'moved.print')).toMatchObject({ stdout: 'printed\n' });
  expect(await outputOf(client, 'moved.flow')).toMatchObject({ succeeded: true });
});
