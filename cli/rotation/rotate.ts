import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { EXIT_CODES } from '../../contract/errors';
import { Interrupted } from '../../helpers/errors';
import { settingsFrom } from '../../platform/base/settings/settings';
import { startPostgres } from '../../platform/embedded/embedded';
import { startWatchdog } from '../../platform/embedded/watchdog';
import { migrate } from '../../platform/store/database/migrate';
import { connectAlone } from '../../platform/store/database/stack/stack-membership';
import type { GivenKeys } from '../../platform/store/secrets/encryption-keys';
import { rotateEncryptionKey, type RotationResult } from '../../platform/store/secrets/rotate-encryption-key';
import { buildOf } from '../serve/build-of';
import { checkDatabase, findExternalDatabase } from '../serve/external-database';
import { CommandError, usageError } from '../failures';
import { hideSecrets } from '../serve/hide-secrets';
import type { LaunchOptions } from '../launch-options';
import { knownVariables } from '../settings/known-variables';
import { interruptible } from '../stop-cause';
import { ProgressPrinter, resultLines, unreadableLine } from './rotation-lines';

/** Parsed options: those that were not given are absent. */
export interface RotationFlags {
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly json?: true;
}

/** Seals all values of a stopped platform under its key, a new one where that is generated. */
export async function rotate(flags: RotationFlags, launchOptions: LaunchOptions): Promise<void> {
  const external = findExternalDatabase(flags.databaseUrl, process.env);
  const { encryptionKey, formerEncryptionKey } = settingsFrom(knownVariables(process.env));
  const given: GivenKeys = { encryptionKey, formerEncryptionKey };
  hideSecrets(flags.databaseUrl === undefined ? [] : [flags.databaseUrl]);
  const options = { given, build: buildOf(launchOptions), json: flags.json ?? false };
  await interruptible('all values can be read; the same command goes on', async (stop) => {
    if (external === null) return rotateEmbedded(dataDirectory(flags), { ...options, stop });
    await checkDatabase(external.url);
    await rotateDatabase(external.url, { ...options, stop });
  });
}

/** Throws CommandError, exit 2, where there are no data of a platform. */
function dataDirectory({ data }: RotationFlags): string {
  if (data === undefined) {
    const options = '--data, --database-url or DATABASE_URL';
    throw usageError(`DATABASE_MISSING: name the database of the platform with ${options}`);
  }
  const directory = resolve(data);
  if (existsSync(join(directory, 'postgres', 'PG_VERSION'))) return directory;
  throw usageError(`DATA_MISSING: ${directory} has no data of a platform`);
}

interface RotateOptions {
  readonly given: GivenKeys;
  readonly build: string;
  readonly json: boolean;
  readonly stop: AbortSignal;
}

async function rotateEmbedded(directory: string, options: RotateOptions): Promise<void> {
  const watchdog = await startWatchdog();
  try {
    const log = pino({ level: 'silent' });
    const programs = process.env.PLATFORM_POSTGRES_DIR || null;
    const { url } = await startPostgres({ directory, durable: true, log, watchdog, programs });
    await rotateDatabase(url, options);
  } finally {
    await watchdog.stop();
  }
}

async function rotateDatabase(url: string, { given, build, json, stop }: RotateOptions): Promise<void> {
  const session = await connectAlone(url, `rotation_${randomBytes(6).toString('hex')}`);
  try {
    await migrate(url, build);
    const progress = new ProgressPrinter((line) => {
      if (!json) process.stderr.write(`${line}\n`);
    });
    const result = await rotateEncryptionKey(session, given, {
      onBatch: (column, ofColumn) => {
        if (stop.aborted) throw new Interrupted();
        progress.onBatch(column, ofColumn);
      },
    });
    progress.end();
    report(result, given, json);
  } finally {
    await session.end();
  }
}

/** Throws CommandError, exit 1, where there are values that none of the keys opens. */
function report(result: RotationResult, given: GivenKeys, json: boolean): void {
  const { values, resealed, unreadable, removedKeys } = result;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ values, sealed_again: resealed, unreadable, removed_keys: removedKeys })}\n`,
    );
  if (unreadable.length > 0) throw new CommandError(unreadableLine(unreadable), EXIT_CODES.testFailed);
  if (!json) process.stdout.write(`${resultLines(result, given).join('\n')}\n`);
}
