import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { parentOf } from '../../../helpers/scenario/processes';
import type { RunningPlatform } from '../../../contract/platform-file';
import { readyPlatform, spawnCli, stopCli, type CliProcess } from './cli-process';
import { pidsMentioning, privateBase } from './holder-process';
import { livenessDeadline } from '../liveness';
import { createShellAction } from '../shell-action';

const STEPS = 6;
/** From the permission to end until the end: shorter than the pause before a third restart. */
const STEP_SECONDS = 4;

const base = privateBase();
const ledger = join(base.path, 'ledger');
const permission = join(base.path, 'permission');
let cli: CliProcess | undefined;
afterEach(() => cli?.kill('SIGKILL'));
afterAll(() => base.remove());

const entries = (kind: string): string[] =>
  readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${kind} `))
    .sort();

const entriesToBe = (kind: string, count: number) =>
  predicateToHold(
    `${count} entries ${kind}`,
    () => entries(kind).length >= count,
    () => readFileSync(ledger, 'utf8'),
  );

/** A process that it starts may mention the same for a moment. */
const workerOf = (platform: RunningPlatform): number | undefined =>
  pidsMentioning(`tuningfork-${platform.instance_id}/program/tuningfork.cjs`).find(
    (pid) => parentOf(pid) === platform.pid,
  );

/** After its next exit the worker is started again in 5 s: each time it has lived for a moment. */
async function killTwice(platform: RunningPlatform): Promise<void> {
  for (let kills = 0; kills < 2; kills++) {
    const killed = workerOf(platform)!;
    process.kill(killed, 'SIGKILL');
    const isReplaced = () => ![killed, undefined].includes(workerOf(platform));
    await until(predicateToHold('another worker to start', isReplaced), livenessDeadline());
  }
}

test('steps of a killed worker run again, and only then reach their end', async () => {
  writeFileSync(ledger, '');
  chmodSync(ledger, 0o666); // a confined action runs as another user
  cli = spawnCli(['up', '--port', '0', '--json'], {
    PLATFORM_LEASE_SECONDS: '30',
    PLATFORM_MAX_RECOVERIES: '0',
    PLATFORM_ACTION_PATHS: base.path,
  });
  const { platform, client } = await readyPlatform(cli);
  const id = '$ATTUNE_EXEC_ID';
  const wait = `while [ ! -e ${permission} ]; do sleep 0.05; done; sleep ${STEP_SECONDS}`;
  const entrypoint = `echo "start ${id}" >>${ledger}; ${wait}; echo "end ${id}" >>${ledger}`;
  await createShellAction(client, 'orphan.step', entrypoint);
  await killTwice(platform);

  const steps = await Promise.all(
    Array.from({ length: STEPS }, () => client.executions.execute({ action_ref: 'orphan.step' })),
  );
  await until(entriesToBe('start', STEPS), livenessDeadline());
  writeFileSync(permission, '');
  process.kill(workerOf(platform)!, 'SIGKILL');
  appendFileSync(ledger, `killed with ${entries('end').length} ended\n`);
  for (const step of steps) await until(executionToBe('completed', client, step.id), livenessDeadline());

  expect(entries('killed')).toEqual(['killed with 0 ended']);
  expect(entries('end')).toEqual(steps.map((step) => `end ${step.id}`).sort());
  await stopCli(cli);
});
