import { join } from 'node:path';
import type { Logger } from 'pino';
import { artifactsDirectory } from '../../base/directories';
import { removeFileBelow } from '../../files/directory-below';
import { openBelow } from '../../files/open-below';
import { listRemovedFiles, listUnmeasuredFiles, recordFileSize, removeRecordedFile } from '../../store/artifacts/files';
import type { Database } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';

/** Rows of one pass; the next pass goes on. */
const PORTION = 500;

/**
 * Returns a function that deletes the files of removed versions, and records the size of those
 * that executions have written. It does nothing while another call has not ended, and never
 * rejects: what failed is tried again, and does not stop the others. `directory` is that of the
 * platform.
 */
export function createArtifactMaintenance(db: Database, directory: string, log: Logger): () => Promise<void> {
  const [removals, measurements] = [new RowIsolation(), new RowIsolation()];
  const onError = (error: unknown) => log.warn({ err: error }, 'could not maintain the files of artifacts');
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await removeFiles(db, directory, removals, onError);
      await measureFiles(db, directory, measurements, onError);
    } catch (error) {
      onError(error);
    } finally {
      isRunning = false;
    }
  };
}

type OnError = (error: unknown) => void;

async function removeFiles(db: Database, directory: string, isolation: RowIsolation, onError: OnError): Promise<void> {
  await isolation.runEach(
    await listRemovedFiles(db, PORTION + isolation.failedRows().length),
    ({ tenant, id }) => ({ tenant, removedFile: id }),
    (file) => removeRecordedFile(db, file, (path) => removeFileBelow(artifactsDirectory({ directory }, file), path)),
    onError,
  );
}

async function measureFiles(db: Database, directory: string, isolation: RowIsolation, onError: OnError): Promise<void> {
  await isolation.runEach(
    await listUnmeasuredFiles(db, PORTION + isolation.failedRows().length),
    ({ tenant, id }) => ({ tenant, artifactVersion: id }),
    async ({ path, ...version }) => {
      const below = artifactsDirectory({ directory }, version);
      await using file = await openBelow({ directory: below, path: join(below, path) });
      await recordFileSize(db, version, file === null ? 0 : (await file.stat()).size);
    },
    onError,
  );
}
