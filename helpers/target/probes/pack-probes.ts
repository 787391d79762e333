import { join } from 'node:path';
import type { JsonObject } from '../../../contract/json';
import type { Client } from '../../client/client';
import { uploadFixture } from '../../fixtures/fixture-pack';
import { STAND_IN_PACKAGES } from '../../fixtures/python-packages';
import { sharedPack } from '../../fixtures/shared-pack';
import { moduleName } from '../../fixtures/wheel';
import { until, type Condition } from '../../scenario/polling';
import { completedExecution, ledgerInput, startExecution, type Probe, type ProbeContext } from './probe-context';
import { UndecidedError } from './unproven-error';

/** An environment may have to be installed first, ms. */
const INSTALL_MS = 30_000;

/** What the actions of the packs use. */
const PACKAGE = STAND_IN_PACKAGES.yaml;

export const probeNode: Probe = (context) => completes(context, 'node-answer');
export const probePython: Probe = (context) => completes(context, 'python-answer');

/** The state of a pack's environments is readable. */
export const probeEnvironments: Probe = async (context) => {
  await context.client.packs.environments(await runtimesPack(context));
};

/** A sensor of a pack runs and emits an event. */
export const probeSensors: Probe = async (context) => {
  const ref = await uploadPack(context, 'e2e-sensors', `${context.pack}-sensors`);
  const [trigger_ref, rule] = [`${ref}.announced`, `${ref}.probe`];
  const conditions = { expression: 'event.payload.pid == 0' };
  const names = { ref: rule, pack_ref: ref, label: 'probe' };
  await context.client.rules.create({ ...names, trigger_ref, action_ref: 'core.noop', conditions });
  context.defer(() => context.client.rules.remove(rule));
  await until(eventToExist(context.client, trigger_ref), context.deadline());
};

/** Runs an action of a Python and of a Node pack that contain the packages that they use. */
export const probePackages: Probe = async (context) => {
  if (!context.vendored) throw new UndecidedError('the suite started the target with its own package source');
  const input = { ...ledgerInput(context, 'packages'), modules: { [moduleName(PACKAGE.name)]: PACKAGE.name } };
  await Promise.all([
    runInstalled(context, 'e2e-python', 'py-import', input),
    runInstalled(context, 'e2e-node', 'node-chunk-and-sum', { list: [1], size: 1 }),
  ]);
};

/** The run's copy of `packs/e2e-api`. */
export const apiPack = (context: ProbeContext): Promise<string> =>
  context.shared('API pack', () => runPack(context, 'e2e-api'));

/** Ref of the run's copy of a fixture pack. */
async function runPack(
  { client, runName: run, directory, vendored, deadline }: ProbeContext,
  fixture: string,
  requires: readonly string[] = [],
): Promise<string> {
  return (await sharedPack(client, { run, directory, vendored }, fixture, requires, deadline())).ref;
}

/** The pack with one action per runtime. */
const runtimesPack = (context: ProbeContext): Promise<string> =>
  context.shared('runtimes pack', () => uploadPack(context, 'e2e-probe', `${context.pack}-runtimes`));

/** Uploads a fixture pack, which is removed after the probes. */
async function uploadPack({ client, directory, defer }: ProbeContext, fixture: string, ref: string): Promise<string> {
  await uploadFixture(client, fixture, ref, join(directory, 'fixtures'));
  defer(() => client.packs.remove(ref));
  return ref;
}

async function completes(context: ProbeContext, action: string): Promise<void> {
  const { id } = await startExecution(context, `${await runtimesPack(context)}.${action}`, {});
  await completedExecution(context, id, context.deadline(INSTALL_MS));
}

async function runInstalled(context: ProbeContext, fixture: string, action: string, input: JsonObject): Promise<void> {
  const pack = await runPack(context, fixture, [`${PACKAGE.name}==${PACKAGE.version}`]);
  const { id } = await startExecution(context, `${pack}.${action}`, input);
  await completedExecution(context, id, context.deadline(INSTALL_MS));
}

const eventToExist = (client: Client, trigger: string): Condition<number> => ({
  name: `an event of ${trigger}`,
  check: async () => {
    const { length } = await client.events.list({ trigger_ref: trigger });
    return length > 0 ? { is: 'met', value: length } : { is: 'pending', why: 'none yet' };
  },
});
