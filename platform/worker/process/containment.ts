import type { Logger } from 'pino';
import type { Settings } from '../../settings';
import { detectCgroups } from './cgroups';
import { inheritableVariables } from './process-environment';
import { WORKER_VARIABLE } from './orphan-cleanup';
import { startPreforkPool } from './prefork-pool';
import type { Containment } from '../worker-context';
import { temporaryDirectory } from '../../directories';

/** Control groups and prefork pool of a worker; null where the host allows no control groups. */
export async function detectContainment(
  settings: Pick<Settings, 'instance' | 'directory' | 'slots' | 'actionVariables'>,
  worker: string,
  log: Logger,
): Promise<Containment | null> {
  const { instance, slots, actionVariables } = settings;
  const detected = await detectCgroups({ instance, worker, temporaryDirectory: temporaryDirectory(settings) });
  if (detected.cgroups === null) {
    log.debug({ why: detected.reason }, 'control groups are not available');
    return null;
  }
  const { cgroups } = detected;
  // They identify a prefork shell whose worker is lost; every attempt has them as well.
  const inherited = inheritableVariables(process.env, actionVariables);
  const variables = { ...inherited, PLATFORM_INSTANCE: instance, [WORKER_VARIABLE]: worker };
  const onRefillFailure = (why: string) => log.warn({ why }, 'could not start a prefork shell');
  return { cgroups, preforkPool: startPreforkPool({ cgroups, variables, slots, onRefillFailure }) };
}
