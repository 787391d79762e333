import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readOrEmpty } from '../../../helpers/scenario/processes';
import { spawnCli, waitForOutcome } from '../embedded/cli-process';
import { livenessDeadline } from '../liveness';

const directory = mkdtempSync(join(tmpdir(), 'interrupted-start-'));
const held: Socket[] = [];
/** It accepts connections, and answers nothing: no start on it comes to its end. */
const silent = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
const address = () => `127.0.0.1:${(silent.address() as AddressInfo).port}`;

beforeAll(() => silent.listening || once(silent, 'listening'));
afterAll(() => {
  held.forEach((socket) => socket.destroy());
  silent.close();
  rmSync(directory, { recursive: true, force: true });
});

const COMMANDS: Readonly<Record<string, () => string[]>> = {
  up: () => ['up', '--port', '0', '--database-url', `postgresql://u:p@${address()}/x`],
  api: () => ['api', '--port', '0', '--data', directory, '--database-url', `postgresql://u:p@${address()}/x`],
  'hub serve': () => ['hub', 'serve', '--port', '0', '--database-url', `postgresql://u:p@${address()}/x`],
  'worker --api': () => ['worker', '--api', `http://${address()}`, '--name', 'w', '--token', 't'],
};
const CASES = Object.keys(COMMANDS).flatMap((name) => (['SIGINT', 'SIGTERM'] as const).map((s) => [name, s] as const));

test.each(CASES)('a start of %s ends at the first %s', async (name, signal) => {
  const connections = held.length;
  const cli = spawnCli(COMMANDS[name]!());
  const outcome = waitForOutcome(cli);
  await until(
    predicateToHold('a connection', () => held.length > connections),
    livenessDeadline(),
  );
  const watchdogs = readOrEmpty(`/proc/${cli.pid!}/task/${cli.pid!}/children`).split(' ').filter(Boolean);

  cli.kill(signal);

  expect(await outcome).toEqual({
    code: null,
    signal,
    stderr: `tuningfork: interrupted by ${signal} during the start; all its processes have ended\n`,
  });
  expect(watchdogs.filter((pid) => readOrEmpty(`/proc/${pid}/stat`) !== '')).toEqual([]);
});
