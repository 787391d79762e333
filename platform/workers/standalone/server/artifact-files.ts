import { DomainError } from '../../../base/domain-error';
import { MAX_FILE_BYTES } from '../../../base/limits';
import { placeOfTenant, replaceStored, type ArtifactsRoot } from '../../../files/stored-files';
import type { TenantQuota } from '../../../auth/tenant-quota';
import { listReservedFiles, lockReservedFile, type ReservedFile } from '../../../store/artifacts/execution-files';
import { setFileSize } from '../../../store/artifacts/files';
import type { Database, Transaction } from '../../../store/database/connection';
import type { AttemptLease } from '../../../store/lifecycle/attempt';
import type { FileReply, SentFile } from '../../rpc/standalone-protocol';
import type { ReceivedFiles } from './received-files';

interface ArtifactFilesOptions extends ArtifactsRoot {
  readonly db: Database;
  readonly received: ReceivedFiles;
  readonly tenantQuota: TenantQuota;
}

/** Why the platform takes a file no further. */
class FileRejected extends Error {
  override readonly name = 'FileRejected';
}

class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Files of artifacts that were written on the hosts of standalone workers. */
export class ArtifactFiles {
  constructor(private readonly options: ArtifactFilesOptions) {}

  list(held: AttemptLease): Promise<ReservedFile[] | null> {
    return listReservedFiles(this.options.db, held);
  }

  /** Receives a part of a file. */
  write(held: AttemptLease, file: SentFile, offset: number, bytes: Buffer): Promise<FileReply> {
    const { received } = this.options;
    return asReply(async () => {
      const accept = () => this.accept(held, file);
      const size = await received.write({ fencingToken: held.fencingToken, file }, offset, bytes, accept);
      return { received: size, isStored: false };
    });
  }

  /** Moves a file that was received in full to its place. */
  store(held: AttemptLease, file: SentFile): Promise<FileReply> {
    const { received } = this.options;
    return asReply(async () => {
      const sent = { fencingToken: held.fencingToken, file };
      const { size, digest } = await received.take(sent, (path) => this.place(held, file, path));
      if (digest !== null && digest !== file.digest)
        throw new FileRejected(`FILE_DIGEST_MISMATCH: it was received with the digest ${digest}, not ${file.digest}`);
      return { received: size, isStored: digest !== null };
    });
  }

  release(fencingToken: number): Promise<void> {
    return this.options.received.release(fencingToken);
  }

  private async accept(held: AttemptLease, { version, size }: SentFile): Promise<void> {
    const { db, tenantQuota } = this.options;
    if (size > MAX_FILE_BYTES)
      throw new FileRejected(`it has ${size} bytes, and a file of an artifact has at most ${MAX_FILE_BYTES}`);
    await db.inTenant(held.tenant, async (transaction) => {
      await requireReserved(transaction, held, version);
      await tenantQuota.addBytes(transaction, held.tenant, size);
    });
  }

  /** Moves it as the last step of the transaction that records its size. */
  private async place(held: AttemptLease, { version, size }: SentFile, received: string): Promise<void> {
    const { tenant } = held;
    let isMoved = false;
    await this.options.db.inTenant(tenant, async (transaction) => {
      const path = await requireReserved(transaction, held, version);
      await setFileSize(transaction, version, size);
      const place = placeOfTenant(this.options, tenant, path);
      // A transaction that is repeated, as its commit has failed, finds it moved.
      isMoved ||= await replaceStored(place, { file: received });
      if (!isMoved) throw new FileRejected('something else than a file is in its place on the platform');
    });
  }
}

/** The path of the file. Throws LeaseLost, and FileRejected where it is not of this execution. */
async function requireReserved(transaction: Transaction, held: AttemptLease, version: number): Promise<string> {
  const reserved = await lockReservedFile(transaction, held, version);
  if (reserved === 'lost') throw new LeaseLost();
  if (reserved === null) throw new FileRejected('its version was removed, or is not of this execution');
  return reserved.path;
}

async function asReply(work: () => Promise<FileReply>): Promise<FileReply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LeaseLost) return null;
    if (error instanceof FileRejected || error instanceof DomainError) return { rejected: error.message };
    throw error;
  }
}
