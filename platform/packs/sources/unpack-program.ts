import { createInterface } from 'node:readline';
import { DomainError } from '../../base/domain-error';
import { unpackArchive } from './archive';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';

/** One line of stdin: an archive, and the empty directory for its files. */
export interface UnpackRequest {
  readonly archive: string;
  readonly into: string;
}

/** The pack's root, or why the archive is rejected. */
type UnpackOutcome =
  { readonly root: string } | { readonly rejected: Pick<DomainError, 'code' | 'message' | 'details'> };

/** One line of stdout. `usedMs`: processor time of the process until now. */
export type UnpackReply = UnpackOutcome & { readonly usedMs: number };

/**
 * The process that unpacks archives, one after the other, until stdin ends. A fault of the host
 * ends it with a text on stderr. `afterFirst`: called when the first archive is done.
 */
export async function unpackProgram(afterFirst: () => void = () => undefined): Promise<void> {
  let isFirst = true;
  for await (const line of createInterface({ input: process.stdin })) {
    const { archive, into } = parseJsonText(line) as UnpackRequest;
    const outcome = await unpackOutcome(archive, into);
    const { user, system } = process.cpuUsage();
    const reply: UnpackReply = { ...outcome, usedMs: (user + system) / 1_000 };
    process.stdout.write(`${writeJson(reply)}\n`);
    if (isFirst) afterFirst();
    isFirst = false;
  }
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
