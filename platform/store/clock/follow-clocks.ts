import type { Logger } from 'pino';
import { setTenantClocks } from '../../base/tenant-clocks';
import { coalesceRuns } from '../../base/async/coalesce-runs';
import type { Database } from '../database/connection';
import { openListener } from '../database/listener';
import { CLOCK_CHANNEL } from '../database/notify';
import { listTenantClocks } from './clock';

export interface ClockFollower {
  /** Reads the clocks now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** Keeps what this process knows of the clocks of tenants. */
export async function followClocks(db: Database, url: string, log: Logger): Promise<ClockFollower> {
  const refresh = async (): Promise<void> => setTenantClocks(await db.singleStatement(listTenantClocks));
  const reads = coalesceRuns(refresh, (error) => log.warn({ err: error }, 'could not read the clocks of tenants'));
  const request = () => reads.request();
  const listener = openListener({ url, channel: CLOCK_CHANNEL, log, onNotification: request, onConnected: request });
  await refresh();
  return {
    refresh,
    close: async () => {
      await listener.close();
      await reads.stop();
    },
  };
}
