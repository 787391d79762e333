import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { readyPlatform, spawnCli, waitForExit, type CliProcess } from '../embedded/cli-process';
import { pidsMentioning, privateBase } from '../embedded/holder-process';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const base = privateBase();
const ledger = join(base.path, 'ledger');
const permission = join(base.path, 'permission');
let cli: CliProcess | undefined;
afterEach(() => cli?.kill('SIGKILL'));
afterAll(() => base.remove());

const lines = () => readFileSync(ledger, 'utf8').trim().split('\n').filter(Boolean);
const linesToBe = (count: number) => predicateToHold(`${count} lines of the ledger`, () => lines().length >= count);

/** A pack whose tests wait for the permission to end, each of their processes in the ledger. */
function writePack(): string {
  const directory = join(base.path, 'waits');
  mkdirSync(join(directory, 'tests'), { recursive: true });
  const testing = 'testing: {enabled: true, runners: {all: {entry_point: tests/wait.sh, timeout: 80}}}';
  writeFileSync(join(directory, 'pack.yaml'), `ref: waits\nversion: 1.0.0\n${testing}\n`);
  const script = `echo start >>${ledger}\nwhile [ ! -e ${permission} ]; do sleep 0.1; done\necho end >>${ledger}\n`;
  writeFileSync(join(directory, 'tests/wait.sh'), script);
  return directory;
}

test('tests of a killed worker run again, and leave nothing', async () => {
  writeFileSync(ledger, '');
  chmodSync(ledger, 0o666); // a confined program runs as another user
  cli = spawnCli(['up', '--port', '0', '--json', '--workers', '1'], {
    PLATFORM_LEASE_SECONDS: '2',
    PLATFORM_ACTION_PATHS: base.path,
    PLATFORM_PACK_ROOTS: base.path,
  });
  const { platform, client } = await readyPlatform(cli);
  const registering = client.packs.register({ path: writePack() });
  await until(linesToBe(1), livenessDeadline());
  const [worker] = pidsMentioning(`tuningfork-${platform.instance_id}/program/tuningfork.cjs`);
  process.kill(worker!, 'SIGKILL');
  appendFileSync(ledger, 'killed\n');
  await until(linesToBe(3), livenessDeadline());
  writeFileSync(permission, '');

  await registering;

  expect(lines()).toEqual(['start', 'killed', 'start', 'end']);
  const [record] = await client.packs.tests('waits');
  expect(record).toMatchObject({ triggerReason: 'install', totalTests: 1, passed: 1 });
  const leftovers = ['packs', 'environments'].flatMap((kind) => {
    const home = join(platform.directory, kind, '1');
    return existsSync(home)
      ? readdirSync(home).filter((name) => name.startsWith('.staging-') || name.includes('test'))
      : [];
  });
  expect(leftovers).toEqual([]);
  cli.kill('SIGTERM');
  await waitForExit(cli);
});
