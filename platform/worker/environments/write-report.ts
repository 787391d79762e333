import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { Database } from '../../store/database';
import { saveEnvironment } from '../../store/environments';
import { homeOf, type Surroundings } from '../surroundings';
import type { Report } from './report';

/** Keeps the record of each environment; what was built for a pack that is gone by then is removed again. */
export const writeReport =
  (db: Database, surroundings: Surroundings, log: Logger): Report =>
  async (report) => {
    try {
      const isKnown = await saveEnvironment(db, report);
      if (isKnown || report.status === 'installing') return;
      await rm(dirname(homeOf(surroundings, report, report.runtime)), { recursive: true, force: true });
    } catch (error) {
      log.warn({ err: error, pack: report.packRef, runtime: report.runtime }, 'environment record not written');
    }
  };
