import { openDirectoryProbe, writeProbe } from '../../disk/directory-probe';
import type { DatabaseProbe } from '../../store/database/database-probe';

/** Together with the rest of a response: less than a second, ms. */
const LIMIT_MS = 800;

/** Why the platform is not ready. */
interface FailedPart {
  readonly part: 'platform' | 'database' | 'directory';
  /** `DRAINING`, `NO_ANSWER`, or the code of the error: a SQLSTATE, a system error. */
  readonly reason: string;
}

/** The body of the response. */
export const notReady = (failed: readonly FailedPart[]) => ({ status: 'not_ready', failed });

export interface Readiness {
  /** Writes a row and a file. Empty: the platform can store. Takes less than a second. */
  failedParts(): Promise<FailedPart[]>;
}

interface ReadinessOptions {
  readonly databaseProbe: Pick<DatabaseProbe, 'writeFailure'>;
  /** Of the platform. */
  readonly directory: string;
  readonly instance: string;
  readonly drain: { readonly isDraining: boolean };
}

export function openReadiness({ databaseProbe, directory, instance, drain }: ReadinessOptions): Readiness {
  const directoryProbe = openDirectoryProbe(() => writeProbe(directory, instance), LIMIT_MS);
  return {
    failedParts: async () => {
      if (drain.isDraining) return [{ part: 'platform', reason: 'DRAINING' }];
      const [database, disk] = await Promise.all([databaseProbe.writeFailure(instance), directoryProbe.failure()]);
      return [
        ...(database === null ? [] : [{ part: 'database', reason: database } as const]),
        ...(disk === null ? [] : [{ part: 'directory', reason: disk } as const]),
      ];
    },
  };
}
