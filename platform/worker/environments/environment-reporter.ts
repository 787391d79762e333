import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { WorkerAccess } from '../../workers/access/worker-access';
import type { WorkerContext } from '../worker-context';
import { packEnvironmentsDirectory } from '../../base/directories';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import { removeTree } from '../../files/remove-tree';

/** Stores the record of each environment; removes an environment whose pack no longer exists. */
export const createEnvironmentReporter =
  (access: WorkerAccess, workerContext: WorkerContext, log: Logger): ReportEnvironment =>
  async (report) => {
    try {
      const isKnown = await access.saveEnvironment(report);
      if (isKnown || report.status === 'installing') return;
      await removeTree(dirname(packEnvironmentsDirectory(workerContext, report, report.runtime)));
    } catch (error) {
      log.warn({ err: error, pack: report.packRef, runtime: report.runtime }, 'could not write the environment record');
    }
  };
