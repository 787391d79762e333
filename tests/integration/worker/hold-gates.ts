import { findCgroups } from '../../../platform/worker/cgroups';
import { openGate } from '../../../platform/worker/gate';

/** Holds two gates until it is killed, and prints their pids. Arguments: instance, directory. */
async function hold([instance = '', temporary = '']: string[]): Promise<void> {
  const { cgroups } = await findCgroups({ instance, worker: 'w1', temporary });
  if (cgroups === null) throw new Error('no control groups here');
  const gates = [await openGate(await cgroups.open(), {}), await openGate(await cgroups.open(), {})];
  process.stdout.write(`${gates.map(({ pid }) => pid).join(' ')}\n`);
}

void hold(process.argv.slice(2));
