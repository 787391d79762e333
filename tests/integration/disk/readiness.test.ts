import { Client } from 'pg';
import { errorCode } from '../../../platform/base/error-details';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { releaseAtEnd, startOnSmallDisk, testAsRoot } from './small-disk';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const DISK_BYTES = 400 * 1_024 ** 2;

const start = () => startOnSmallDisk(DISK_BYTES, { args: ['--workers', '0'] });

async function readiness(url: string): Promise<[number, string]> {
  const response = await fetch(`${url}/health/ready`);
  return [response.status, await response.text()];
}

const readinessToBe = (status: number, text: string, url: string) =>
  predicateToHold(`readiness to be ${status}`, async () => {
    const [found, body] = await readiness(url);
    return found === status && body.includes(text);
  });

/** Each write begins a segment of the log, for which there is no room. */
async function writeUntilItEnds(database: Client): Promise<never> {
  for (;;) {
    await database.query('select pg_switch_wal()');
    await database.query(`select pg_logical_emit_message(false, 'full', repeat('x', 100000))`);
  }
}

const noServer = ({ database_url: url }: { readonly database_url: string }) =>
  predicateToHold('PostgreSQL to have ended', async () => {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return false;
    } catch (error) {
      return errorCode(error) === 'ENOENT';
    } finally {
      await client.end();
    }
  });

testAsRoot(
  'DU-06 a platform on a full disk is not ready, and is again when there is space',
  async () => {
    const { disk, running } = await start();
    const before = await readiness(running.url);

    disk.fillUp();
    await until(readinessToBe(503, '{"part":"directory","reason":"ENOSPC"}', running.url), livenessDeadline());
    disk.empty();
    await until(readinessToBe(200, '', running.url), livenessDeadline());

    expect(before).toEqual([200, '']);
  },
  240_000,
);

testAsRoot(
  'a PostgreSQL that ends on a full disk is started again when there is space',
  async () => {
    const { disk, running } = await start();
    const database = new Client({ connectionString: running.database_url });
    database.on('error', () => undefined); // it is what the test is about
    await database.connect();
    releaseAtEnd(() => database.end());

    disk.fillUp();
    await expect(writeUntilItEnds(database)).rejects.toThrow();
    await until(readinessToBe(503, '"part":"database"', running.url), livenessDeadline());
    await until(noServer(running), livenessDeadline());
    disk.empty();

    await until(readinessToBe(200, '', running.url), livenessDeadline());
  },
  240_000,
);

testAsRoot(
  'DU-05 a platform whose database stores no row is not ready',
  async () => {
    const { running } = await start();
    const database = new Client({ connectionString: running.database_url });
    await database.connect();
    releaseAtEnd(() => database.end());

    await database.query('begin');
    await database.query('lock table readiness in access exclusive mode');
    const whileLocked = await readiness(running.url);
    await database.query('rollback');

    expect(whileLocked).toEqual([503, '{"status":"not_ready","failed":[{"part":"database","reason":"NO_ANSWER"}]}']);
    await until(readinessToBe(200, '', running.url), livenessDeadline());
  },
  240_000,
);
