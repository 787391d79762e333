import { copyFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../../../helpers/scenario/polling';
import { readPlatformFile } from '../../../helpers/target/platform-file';
import { TargetError } from '../../../helpers/target/target-error';
import { spawnCli, waitForExit, waitForReady } from './cli-process';
import { withPrivateBase } from './holder-process';
import { livenessDeadline } from '../liveness';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const base = withPrivateBase();

const up = (...args: string[]) => spawnCli(['up', '--port', '0', '--json', ...args]);
const read = (path: string) => readPlatformFile({ PLATFORM_FILE: path });

test('the file holds the line of --json for its owner, until Ctrl-C', async () => {
  const cli = up();
  const running = await waitForReady(cli);

  expect(statSync(running.platform_file).mode & 0o777).toBe(0o600);
  expect(dirname(running.platform_file)).toBe(running.directory);
  expect(read(running.platform_file)).toEqual(running);

  cli.kill('SIGINT');
  await waitForExit(cli);
  expect(existsSync(running.platform_file)).toBe(false);
});

test('the file of a killed platform is removed, and a copy is rejected', async () => {
  const data = join(base.path, 'data');
  const cli = up('--data', data);
  const running = await waitForReady(cli);
  const copy = join(base.path, 'copy.json');
  copyFileSync(running.platform_file, copy);

  cli.kill('SIGKILL');
  await waitForExit(cli);
  await until(fileToBeRemoved(running.platform_file), livenessDeadline());

  expect(existsSync(data)).toBe(true);
  for (const path of [running.platform_file, copy]) {
    expect(() => read(path)).toThrow(TargetError);
    expect(() => read(path)).toThrow(/^TARGET_UNREACHABLE: .* has ended; start one with `npx tuningfork up`/);
  }
});

const fileToBeRemoved = (path: string) => predicateToHold(`${path} to be removed`, () => !existsSync(path));

test('without the variable there is no file', () => {
  expect(readPlatformFile({})).toBeNull();
  expect(read('')).toBeNull();
});

test.each([
  ['text that is not JSON', 'url', 'cannot be read'],
  ['facts without a login', JSON.stringify({ url: 'http://127.0.0.1:1' }), "must have required property 'login'"],
])('a file with %s is rejected', (_, content, message) => {
  const path = join(base.path, 'invalid.json');
  writeFileSync(path, content);

  expect(() => read(path)).toThrow(message);
});
