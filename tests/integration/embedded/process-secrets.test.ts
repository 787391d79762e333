import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { pino } from 'pino';
import { startPostgres } from '../../../platform/embedded/embedded';
import { spawnCli, stopCli, waitForReady, type CliProcess } from './cli-process';
import { pidsMentioning } from './holder-process';

const CHUNK_BYTES = 1_024 * 1_024;
/** In the flags of a file descriptor: it is closed in programs that the process starts. */
const O_CLOEXEC = 0o2000000;

let cli: CliProcess;
let pids: number[];
let workers: number[];
let secrets: Record<string, string>;
const releases: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  const postgres = await startPostgres({ durable: false, log: pino({ enabled: false }) });
  releases.push(() => postgres.stop());
  secrets = {
    tokenKey: randomBytes(24).toString('hex'),
    sealKey: randomBytes(24).toString('hex'),
    formerSealKey: randomBytes(24).toString('hex'),
    metricsToken: randomBytes(24).toString('hex'),
    agentToken: randomBytes(24).toString('hex'),
    databasePassword: new URL(postgres.url).password,
  };
  cli = spawnCli(['up', '--port', '0', '--json', '--workers', '2', '--database-url', postgres.url], {
    PLATFORM_TOKEN_SECRET: secrets.tokenKey,
    PLATFORM_ENCRYPTION_KEY: secrets.sealKey,
    PLATFORM_FORMER_ENCRYPTION_KEY: secrets.formerSealKey,
    PLATFORM_METRICS_TOKEN: secrets.metricsToken,
    PLATFORM_AGENT_TOKEN: secrets.agentToken,
    PLATFORM_AGENT_DIR: '/nowhere',
    DATABASE_URL: postgres.url,
  });
  releases.push(() => stopCli(cli));
  const { instance_id: instance } = await waitForReady(cli);
  pids = [cli.pid!, ...pidsMentioning(instance)];
  workers = pids.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0worker-process\0'));
});
afterAll(async () => {
  for (const release of releases.reverse()) await release();
});

/** Names of the secrets in the text. */
const secretsIn = (bytes: Buffer): string[] => Object.keys(secrets).filter((name) => bytes.includes(secrets[name]!));

test.each(['environ', 'cmdline'])('no /proc/<pid>/%s of the platform has a secret', (file) => {
  const found = pids.map((pid) => [pid, secretsIn(readFileSync(`/proc/${pid}/${file}`))]);

  expect(found.length).toBeGreaterThan(2);
  expect(found).toEqual(pids.map((pid) => [pid, []]));
});

test('the memory of a worker has no key and no database password', () => {
  const found = workers.map((pid) => secretsInMemory(pid));

  expect(found).toEqual([[], []]);
});

test('the memory of the platform has what a worker lacks', () => {
  expect(secretsInMemory(cli.pid!)).toEqual(expect.arrayContaining(['tokenKey', 'databasePassword']));
});

test('a worker has no connection but that to the platform', () => {
  const inherited = workers.map((pid) => readlinkSync(`/proc/${pid}/fd/3`));

  expect(inherited).toEqual(workers.map(() => expect.stringMatching(/^socket:/) as string));
  expect(workers.map((pid) => openSockets(pid))).toEqual(inherited.map((socket) => [socket]));
});

test('no program that a worker starts inherits its socket to the platform', () => {
  const flags = workers.map((pid) => /flags:\s+0?(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/3`, 'utf8'))![1]!);

  expect(flags.map((octal) => (parseInt(octal, 8) & O_CLOEXEC) !== 0)).toEqual([true, true]);
});

/** The sockets of a process, but those of its standard streams: `socket:[7]`. */
const openSockets = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`)
    .filter((fd) => Number(fd) > 2)
    .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    .filter((target) => target.startsWith('socket:'));

/** The secrets in all writable memory of a process. */
function secretsInMemory(pid: number): string[] {
  const found = new Set<string>();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const { start, end } of writableRegions(pid)) {
      // Chunks overlap, so that a secret across their border is found.
      for (let at = start; at < end; at += CHUNK_BYTES - 256) {
        for (const name of secretsIn(readMemory(memory, at, Math.min(CHUNK_BYTES, end - at)))) found.add(name);
      }
    }
  } finally {
    closeSync(memory);
  }
  return [...found];
}

const writableRegions = (pid: number): { start: number; end: number }[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .filter((line) => / rw/.test(line))
    .map((line) => line.split(' ')[0]!.split('-'))
    .map(([start, end]) => ({ start: parseInt(start!, 16), end: parseInt(end!, 16) }));

/** Empty where the region was unmapped meanwhile. */
function readMemory(memory: number, at: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  try {
    return buffer.subarray(0, readSync(memory, buffer, 0, bytes, at));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
    return Buffer.alloc(0);
  }
}
