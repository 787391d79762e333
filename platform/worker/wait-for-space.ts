import type { Logger } from 'pino';
import type { DiskFloor } from '../disk/disk-floor';
import { replaceCalls } from '../workers/access/call-methods';
import type { WorkerAccess } from '../workers/access/worker-access';

/** A shortage is reported again after so long, ms: the platform forgets it some time later. */
const REPORT_MS = 5_000;

/**
 * The same, but while the disk of the worker is short of space it claims nothing: executions stay
 * assigned to it and wait, and the platform assigns it no more.
 */
export function waitForSpace(access: WorkerAccess, diskFloor: Pick<DiskFloor, 'shortage'>, log: Logger): WorkerAccess {
  let reportedAt: number | null = null;
  const report = async (isShort: boolean): Promise<void> => {
    reportedAt = isShort ? performance.now() : null;
    await access
      .recordDiskShortage(isShort)
      .catch((error: unknown) => log.warn({ err: error, isShort }, 'could not report the space on the disk'));
  };
  const isShort = async (): Promise<boolean> => {
    const shortage = await diskFloor.shortage();
    if (shortage === null) {
      if (reportedAt !== null) await report(false);
      return false;
    }
    if (reportedAt === null) log.warn(shortage, 'the disk is short of space: nothing is started');
    if (reportedAt === null || performance.now() - reportedAt >= REPORT_MS) await report(true);
    return true;
  };
  return replaceCalls(access, {
    claimExecutions: async (maxCount) => ((await isShort()) ? [] : access.claimExecutions(maxCount)),
    claimEnvironment: async () => ((await isShort()) ? null : access.claimEnvironment()),
    claimPackTest: async () => ((await isShort()) ? null : access.claimPackTest()),
    listSensorPlans: async () => {
      const listed = await access.listSensorPlans();
      return { ...listed, acceptsWork: listed.acceptsWork && !(await isShort()) };
    },
  });
}
