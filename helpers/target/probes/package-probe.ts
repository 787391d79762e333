import type { JsonObject } from '../../../contract/json';
import { STAND_IN_PACKAGES } from '../../fixtures/python-packages';
import { moduleName } from '../../fixtures/wheel';
import { runPack } from './pack-probes';
import { completedExecution, ledgerInput, startExecution, type Probe, type ProbeContext } from './probe-context';
import { UndecidedError } from './unproven-error';

const INSTALLATION_MS = 30_000;

const { name, version } = STAND_IN_PACKAGES.yaml;

/** Runs an action of a Python and of a Node pack that contain the packages that they use. */
export const probePackages: Probe = async (context) => {
  if (!context.vendored) throw new UndecidedError('the suite started the target with its own package source');
  const input = { ...ledgerInput(context, 'packages'), modules: { [moduleName(name)]: name } };
  await Promise.all([
    runInstalled(context, 'e2e-python', 'py-import', input),
    runInstalled(context, 'e2e-node', 'node-chunk-and-sum', { list: [1], size: 1 }),
  ]);
};

async function runInstalled(context: ProbeContext, fixture: string, action: string, input: JsonObject): Promise<void> {
  const pack = await runPack(context, fixture, [`${name}==${version}`]);
  const { id } = await startExecution(context, `${pack}.${action}`, input);
  await completedExecution(context, id, context.deadline(INSTALLATION_MS));
}
