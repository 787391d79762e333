import { pino } from 'pino';
import { startPostgres } from '../../platform/embedded/embedded';
import { migrate } from '../../platform/store/database/migrate';
import { writeGenerated } from './generated-file';
import { renderTableTypes } from './render-table-types';

const TABLE_TYPES_FILE = 'platform/store/database/tables.ts';

/**
 * Writes the row types of the migrated schema; with `check` only compares. Exit 1 when they are
 * out of date.
 */
export async function tableTypes(root: string, check: boolean): Promise<void> {
  const postgres = await startPostgres({ durable: false, log: pino({ enabled: false }) });
  try {
    await migrate(postgres.url);
    const text = await renderTableTypes(postgres.url);
    writeGenerated(
      root,
      { file: TABLE_TYPES_FILE, command: 'table-types', drift: 'TABLE_TYPES_DRIFT' },
      () => text,
      check,
    );
  } finally {
    await postgres.stop();
  }
}
