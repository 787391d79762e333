import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as PgClient } from 'pg';
import { logIn } from '../../../helpers/client/client';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { releaseAtEnd, startOnSmallDisk, testAsRoot } from './small-disk';

const MIB = 1_024 ** 2;
const DISK_BYTES = 400 * MIB;
const FLOOR_BYTES = 60 * MIB;

/** A platform with one slot, whose data are on a small disk. */
async function startWithFloor() {
  const shared = mkdtempSync(join(tmpdir(), 'disk-floor-'));
  releaseAtEnd(() => rmSync(shared, { recursive: true }));
  const env = {
    PLATFORM_WORKER_SLOTS: '1',
    PLATFORM_ISOLATION: 'off',
    PLATFORM_DISK_FLOOR_BYTES: String(FLOOR_BYTES),
  };
  const { disk, running } = await startOnSmallDisk(DISK_BYTES, { env });
  const credentials = [running.login, running.password!] as const;
  const { client } = await logIn({ baseUrl: running.url }, ...credentials);
  const database = new PgClient({ connectionString: running.database_url });
  await database.connect();
  releaseAtEnd(() => database.end());
  return { disk, shared, running, credentials, client, database };
}

const workerToBeShort = (database: PgClient) =>
  predicateToHold(
    'the worker to report that its disk is short of space',
    async () => (await database.query('select from worker where disk_shortage')).rowCount === 1,
  );

testAsRoot(
  'DU-06 a disk below its floor starts nothing, and loses nothing',
  async () => {
    const { disk, shared, running, credentials, client, database } = await startWithFloor();
    await client.packs.create({ ref: 'full', label: 'Full', version: '1.0.0' });
    const key = { ref: 'full.old', name: 'old', owner_type: 'system', value: 'v', encrypted: false } as const;
    await client.keys.create(key);
    const end = join(shared, 'end');
    const action = { pack_ref: 'full', label: 'Run', runtime_ref: 'core.shell' };
    await client.actions.create({ ...action, ref: 'full.wait', entrypoint: `until [ -e ${end} ]; do sleep 0.1; done` });
    await client.actions.create({ ...action, ref: 'full.run', entrypoint: 'echo ran' });
    const first = await client.executions.execute({ action_ref: 'full.wait' });
    await until(executionToBe('running', client, first.id), livenessDeadline());
    const second = await client.executions.execute({ action_ref: 'full.run' });

    disk.fill(FLOOR_BYTES / 2);
    writeFileSync(end, '');
    await until(executionToBe('completed', client, first.id), livenessDeadline());
    await until(workerToBeShort(database), livenessDeadline());

    const refused = { status: 503, code: 'DISK_FLOOR' };
    await expect(client.keys.create({ ...key, ref: 'full.new', name: 'new' })).rejects.toMatchObject(refused);
    await expect(client.executions.execute({ action_ref: 'full.run' })).rejects.toMatchObject(refused);
    const again = await logIn({ baseUrl: running.url }, ...credentials);
    await again.client.keys.remove('full.old');
    expect((await again.client.executions.get(second.id)).status).toBe('scheduled');
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);

    disk.empty();
    const ran = await until(executionToBe('completed', client, second.id), livenessDeadline());
    expect(ran.result).toMatchObject({ stdout: 'ran\n' });
    await client.keys.create({ ...key, ref: 'full.new', name: 'new' });
  },
  240_000,
);
