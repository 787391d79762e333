import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Json } from '../../../../contract/json';
import { artifactsDirectory, attemptArtifactsName } from '../../../base/directories';
import { errorMessage } from '../../../base/error-details';
import { MAX_FILE_BYTES } from '../../../base/limits';
import { ConfinedDirectory } from '../../../files/confined-directory';
import { listTree, type TreeEntry } from '../../../files/directory-tree';
import { removeTree } from '../../../files/remove-tree';
import type { RegularFile } from '../../../files/regular-file';
import { openStored } from '../../../files/stored-files';
import { Redactor } from '../../../redaction/redactor';
import { isTransient } from '../../rpc/call-error';
import { PART_BYTES, type FileReply, type SentFile, type StandaloneAccess } from '../../rpc/standalone-protocol';

/** Of what an attempt has written, no more is considered. */
const MAX_ENTRIES = 10_000;
/** Files without a version, in one entry of the log. */
const MAX_NAMED = 20;

interface WritingAttempt {
  readonly fencingToken: number;
  readonly tenant: number;
  readonly execution: number;
  readonly attempt: number;
  readonly secrets: readonly Json[];
}

interface FileShipperOptions {
  readonly access: Pick<StandaloneAccess, 'listReservedFiles' | 'writeFile' | 'storeFile' | 'appendAttemptLog'>;
  /** Of this worker. */
  readonly directory: string;
  readonly log: Logger;
}

/** Why a file of this host is not sent. */
class FileUnusable extends Error {
  override readonly name = 'FileUnusable';
}

/** The lease is lost: the platform takes nothing of the attempt. */
class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Sends files of artifacts that attempts have written to the platform, when they have ended. */
export class FileShipper {
  constructor(private readonly options: FileShipperOptions) {}

  /**
   * Sends what was written to the files of reserved versions. What is not sent is logged, here and
   * in the log of the execution. Throws where it may succeed when it is called again.
   */
  async send(attempt: WritingAttempt): Promise<void> {
    try {
      const written = await this.writtenBy(attempt);
      if (written.length > 0) await this.sendReserved(attempt, written);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      if (!(error instanceof FileUnusable) && isTransient(error)) throw error;
      if (!(error instanceof FileUnusable))
        this.options.log.error({ err: error, execution: attempt.execution }, 'could not send files of an attempt');
      await this.report(attempt, { problem: errorMessage(error) });
    }
  }

  /** Removes the files of this host. */
  async remove(attempt: WritingAttempt): Promise<void> {
    try {
      await using parent = await ConfinedDirectory.open(artifactsDirectory(this.options, attempt));
      if (parent === null) return;
      await removeTree(parent.entry(attemptArtifactsName(attempt)));
    } catch (error) {
      this.options.log.warn({ err: error, execution: attempt.execution }, 'could not remove files of an attempt');
    }
  }

  private async writtenBy(attempt: WritingAttempt): Promise<TreeEntry[]> {
    try {
      await using parent = await ConfinedDirectory.open(artifactsDirectory(this.options, attempt));
      await using written = parent && (await parent.child(attemptArtifactsName(attempt)));
      return written === null ? [] : await listTree(written, MAX_ENTRIES);
    } catch (error) {
      throw new FileUnusable(`its files cannot be listed: ${errorMessage(error)}`);
    }
  }

  private async sendReserved(attempt: WritingAttempt, written: readonly TreeEntry[]): Promise<void> {
    const reserved = await this.options.access.listReservedFiles(attempt.fencingToken);
    if (reserved === null) throw new LeaseLost();
    for (const { version, path } of reserved) {
      const entry = written.find((candidate) => candidate.path === path);
      if (entry === undefined) continue;
      const problem = await this.sendFile(attempt, version, entry);
      if (problem !== null) await this.report(attempt, { path, problem });
    }
    const known = new Set(reserved.map(({ path }) => path));
    const others = written.filter(({ kind, path }) => kind !== 'directory' && !known.has(path));
    if (others.length === 0) return;
    const problem = `${others.length} files have no version of an artifact that was reserved for them`;
    const paths = redactedPaths(others.slice(0, MAX_NAMED), attempt.secrets);
    await this.report(attempt, { problem, ...(paths && { paths }) });
  }

  /** Returns why it was not sent; null: it is stored. */
  private async sendFile(attempt: WritingAttempt, version: number, { path, kind }: TreeEntry): Promise<string | null> {
    if (kind === 'directory') return 'it is a directory';
    if (kind === 'link') return 'it is a symbolic link';
    try {
      const opened = await this.open(attempt, path);
      await using file = opened.file;
      if (opened.size > MAX_FILE_BYTES)
        return `it has ${opened.size} bytes, and a file of an artifact has at most ${MAX_FILE_BYTES}`;
      const digest = await digestOf(file, opened.size);
      return await this.transfer(attempt.fencingToken, file, { version, size: opened.size, digest });
    } catch (error) {
      if (error instanceof FileUnusable) return error.message;
      throw error;
    }
  }

  private async open(attempt: WritingAttempt, path: string): Promise<RegularFile> {
    const directory = artifactsDirectory(this.options, attempt);
    const place = { directory, owner: null, path: `${attemptArtifactsName(attempt)}/${path}` };
    const opened = await openStored(place).catch(asUnusable);
    if (opened === null) throw new FileUnusable('it is no regular file that can be read');
    return opened;
  }

  /** Sends parts until the platform has stored the file; after its restart, from where it is. */
  private async transfer(fencingToken: number, file: FileHandle, sent: SentFile): Promise<string | null> {
    const { access } = this.options;
    for (let offset = 0; ;) {
      const part = await readPart(file, offset, sent.size);
      const written = requireHeld(await access.writeFile(fencingToken, sent, offset, part.toString('base64')));
      if ('rejected' in written) return written.rejected;
      offset = written.received;
      if (offset < sent.size) continue;
      const stored = requireHeld(await access.storeFile(fencingToken, sent));
      if ('rejected' in stored) return stored.rejected;
      if (stored.isStored) return null;
      offset = stored.received;
    }
  }

  private async report(
    { fencingToken, execution }: WritingAttempt,
    why: { readonly path?: string; readonly paths?: readonly string[]; readonly problem: string },
  ): Promise<void> {
    this.options.log.warn({ execution, ...why }, 'file of an artifact not sent');
    const { paths, ...rest } = why;
    const payload = { code: 'ARTIFACT_FILE_NOT_SENT', ...rest, ...(paths && { paths: [...paths] }) };
    await this.options.access.appendAttemptLog(fencingToken, 'WARNING', payload);
  }
}

function requireHeld(reply: FileReply): NonNullable<FileReply> {
  if (reply === null) throw new LeaseLost();
  return reply;
}

function asUnusable(error: unknown): never {
  throw new FileUnusable(`it cannot be read: ${errorMessage(error)}`);
}

/** Throws FileUnusable for a file that has become shorter. */
async function readPart(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const length = Math.min(PART_BYTES, size - offset);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset).catch(asUnusable);
  if (bytesRead < length) throw new FileUnusable('it was changed while it was sent');
  return buffer;
}

async function digestOf(file: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256');
  for (let offset = 0; offset < size; offset += PART_BYTES) hash.update(await readPart(file, offset, size));
  return hash.digest('hex');
}

/** A program may name a file by a secret. Null: the names cannot be redacted. */
function redactedPaths(entries: readonly TreeEntry[], secrets: readonly Json[]): string[] | null {
  try {
    return new Redactor(secrets).redactValue(entries.map(({ path }) => path));
  } catch {
    return null;
  }
}
