import type { Logger } from 'pino';
import type { Settings } from '../settings';
import { findCgroups } from './cgroups';
import { inheritable } from './environment';
import { WORKER } from './former-life';
import { openGates } from './gates';
import { temporariesOf, type Containment } from './surroundings';

/** What this host lets a worker do to keep an attempt's processes together; null where it has no control groups for us. */
export async function findContainment(
  settings: Pick<Settings, 'instance' | 'directory' | 'slots'>,
  worker: string,
  log: Logger,
): Promise<Containment | null> {
  const { instance, slots } = settings;
  const found = await findCgroups({ instance, worker, temporary: temporariesOf(settings) });
  if (found.cgroups === null) {
    log.debug({ why: found.why }, 'no control groups here');
    return null;
  }
  const { cgroups } = found;
  // By these a gate is found when its worker is lost: they are in the environment of every attempt as well.
  const variables = { ...inheritable(process.env), PLATFORM_INSTANCE: instance, [WORKER]: worker };
  const failed = (why: string) => log.warn({ why }, 'no shell waits in a control group');
  return { cgroups, gates: openGates({ cgroups, variables, slots, failed }) };
}
