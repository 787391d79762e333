import { DomainError } from '../../domain-error';
import { unpackArchive } from './archive';

/** What the process prints: the pack's root, or why the archive is rejected. */
export type UnpackOutcome =
  { readonly root: string } | { readonly rejected: Pick<DomainError, 'code' | 'message' | 'details'> };

/** The process that unpacks one archive. A fault of the host ends it with a text on stderr. */
export async function unpackProgram(archive: string, into: string): Promise<void> {
  process.stdout.write(JSON.stringify(await unpackOutcome(archive, into)));
}

async function unpackOutcome(archive: string, into: string): Promise<UnpackOutcome> {
  try {
    return { root: await unpackArchive(archive, into) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message, details } = error;
    return { rejected: { code, message, ...(details !== undefined && { details }) } };
  }
}
