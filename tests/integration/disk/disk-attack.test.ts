import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { startOnSmallDisk, testAsRoot } from './small-disk';

const MIB = 1_024 ** 2;
const DISK_BYTES = 900 * MIB;

async function startAttacked(env: NodeJS.ProcessEnv = {}) {
  const { data, running } = await startOnSmallDisk(DISK_BYTES, { env });
  const { client } = await logIn({ baseUrl: running.url }, running.login, running.password!);
  await client.packs.create({ ref: 'full', label: 'Full', version: '1.0.0' });
  const action = { pack_ref: 'full', label: 'Run', runtime_ref: 'core.shell' };
  const create = (name: string, entrypoint: string) =>
    client.actions.create({ ...action, ref: `full.${name}`, entrypoint });
  await create(
    'attack',
    'trap "" TERM; n=0; while :; do head -c 64M /dev/zero >$ATTUNE_ARTIFACTS_DIR/$n; n=$((n+1)); done',
  );
  await create('run', 'echo ran');
  return { client, running, artifacts: join(data, 'artifacts/1') };
}

type Started = Awaited<ReturnType<typeof startAttacked>>;

/** Runs the attack to its end, then an honest action; returns their results. */
async function attack({ client }: Started) {
  const { id } = await client.executions.execute({ action_ref: 'full.attack' });
  const attacked = await until(executionToBe('failed', client, id), livenessDeadline());
  const next = await client.executions.execute({ action_ref: 'full.run' });
  const ran = await until(executionToBe('completed', client, next.id), livenessDeadline());
  return [attacked.result, ran.result];
}

testAsRoot(
  'RT-07 a program that fills the disk is stopped, and what it wrote removed',
  async () => {
    const started = await startAttacked();

    const [attacked, ran] = await attack(started);

    expect(attacked).toMatchObject({ code: 'RESOURCE_LIMIT', error: expect.stringContaining('stay free') as string });
    expect(ran).toMatchObject({ stdout: 'ran\n' });
    expect(existsSync(started.artifacts) ? readdirSync(started.artifacts) : []).toEqual([]);
    expect((await fetch(`${started.running.url}/health/ready`)).status).toBe(200);
  },
  240_000,
);

testAsRoot(
  'RT-07 a program that writes more than it may is stopped',
  async () => {
    const started = await startAttacked({ PLATFORM_ACTION_DISK_BYTES: String(100 * MIB) });

    const [attacked] = await attack(started);

    expect(attacked).toMatchObject({
      code: 'RESOURCE_LIMIT',
      error: `Its processes together reached the limit of ${100 * MIB} bytes of files that outlive it`,
    });
    expect(readdirSync(started.artifacts)).toEqual([]);
  },
  240_000,
);
