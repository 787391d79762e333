import type { Logger } from 'pino';
import type { Settings } from '../../base/settings/settings';
import { hostMemoryShares } from '../../base/host/host-memory';
import type { Isolation } from '../isolation/isolation';
import { detectCgroups } from './cgroups';
import { createBuildConfinement } from '../isolation/build-confinement';
import { inheritableVariables } from './process-environment';
import { workerMark } from './orphan-cleanup';
import { startPreforkPool } from './pool/prefork-pool';
import type { Containment } from '../worker-context';
import { temporaryDirectory } from '../../base/directories';

const PAGE = 'docs/decisions/control-groups.md';

/** Control groups and prefork pool of a worker; null where the host allows no containment. */
export async function detectContainment(
  settings: Pick<
    Settings,
    'instance' | 'directory' | 'slots' | 'actionVariables' | 'programsMemoryBytes' | 'tenantMemoryBytes'
  >,
  worker: string,
  log: Logger,
  isolation: Isolation | null = null,
): Promise<Containment | null> {
  const { instance, slots, actionVariables } = settings;
  const location = { instance, worker, temporaryDirectory: temporaryDirectory(settings) };
  const limits = isolation ? { ...isolation.limits, ...hostMemoryShares(settings) } : undefined;
  const detected = await detectCgroups({ ...location, limits });
  const { cgroups } = detected;
  if (cgroups === null) log.debug({ why: detected.reason }, 'control groups are not available');
  else if (detected.missingLimits.length > 0)
    log.warn({ why: detected.missingLimits }, `programs have no common limits: see ${PAGE}`);
  if (cgroups === null && isolation === null) return null;
  const variables = { ...inheritableVariables(process.env, actionVariables), ...workerMark(instance, worker) };
  const onRefillFailure = (why: string) => log.warn({ why }, 'could not start a prefork process');
  return {
    cgroups,
    preforkPool: startPreforkPool({ cgroups, variables, slots, isolation, onRefillFailure }),
    builds: isolation && createBuildConfinement({ isolation, cgroups }),
  };
}
