import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import type { Client } from '../../helpers/client/client';
import { nullOn404 } from '../../helpers/client/null-on-not-found';
import { fileStem, listYamlFiles } from '../../platform/packs/read/component-files';
import type { PackFiles } from '../../platform/packs/read/pack';
import { CommandError } from '../failures';
import { readPackFiles } from '../pack/read-pack-files';
import { throwRejection } from './rejection';

export interface UploadOptions {
  /** Replace actions and workflows that are installed also where their files are now skipped. */
  readonly allowSkipped: boolean;
}

/**
 * Uploads a pack, replacing what has its ref, and returns the warnings of its registration. Throws
 * CommandError, exit 1, before anything is replaced, where a file of an installed action or
 * workflow is invalid, and where the platform rejects the pack.
 */
export async function uploadPack(
  client: Client,
  directory: string,
  { allowSkipped }: UploadOptions,
): Promise<readonly string[]> {
  if (!allowSkipped) await requireNothingSkipped(client, directory);
  const { warnings = [] } = await client.packs.upload(directory, { force: true }).catch(throwRejection);
  return warnings;
}

/**
 * A platform registers a pack without its invalid files, and removes what they declared: an
 * installed action or workflow must not go because of a mistake in its file.
 */
async function requireNothingSkipped(client: Client, directory: string): Promise<void> {
  const files = await readOrNull(directory);
  if (files === null) return; // the platform rejects it, and replaces nothing
  const { manifest, components } = files;
  const installed = (await nullOn404(client.packs.actions(manifest.ref))) ?? [];
  const declared = new Set([...components.actions, ...components.workflows].map(({ ref }) => ref));
  const paths = await executableFiles(directory);
  const lost = installed.flatMap(({ ref }) => {
    const file = declared.has(ref) ? undefined : paths.find((path) => names(directory, path, ref));
    return file === undefined ? [] : [{ ref, file }];
  });
  if (lost.length === 0) return;
  throw new CommandError(
    [
      `WORKING_FILE_SKIPPED: pack ${manifest.ref} was not uploaded: it would remove ` +
        `${lost.map(({ ref }) => ref).join(', ')}, which ${lost.length === 1 ? 'is' : 'are'} installed, because of invalid files; ` +
        'correct them, or use --allow-skipped',
      ...reasons(
        components.warnings,
        lost.map(({ file }) => file),
      ),
    ].join('\n'),
    EXIT_CODES.testFailed,
  );
}

/** Null: it is no pack. */
async function readOrNull(directory: string): Promise<PackFiles | null> {
  try {
    return await readPackFiles(directory);
  } catch (error) {
    if (error instanceof CommandError) return null;
    throw error;
  }
}

const FOLDERS = ['actions', 'actions/workflows', 'workflows'];

const executableFiles = async (directory: string): Promise<string[]> =>
  (await Promise.all(FOLDERS.map((folder) => listYamlFiles(directory, folder)))).flat();

/** Whether a file, which need not be valid YAML, declares this ref: by a line, or its name. */
function names(directory: string, path: string, ref: string): boolean {
  const stated = /^ref:\s*["']?([\w.-]+)/m.exec(readFileSync(join(directory, path), 'utf8'))?.[1];
  return stated === undefined ? fileStem(path) === ref.slice(ref.indexOf('.') + 1) : stated === ref;
}

/** The warnings about these files; all, where none names one of them. */
function reasons(warnings: readonly string[], files: readonly string[]): string[] {
  const about = warnings.filter((warning) => files.some((file) => warning.includes(basename(file))));
  return (about.length > 0 ? about : warnings).map((warning) => `  ${warning}`);
}
