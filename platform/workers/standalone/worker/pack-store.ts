import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hostNow } from '../../../base/clock';
import { packsDirectory } from '../../../base/directories';
import { errorMessage, ignoreCodes } from '../../../base/error-details';
import { resolvesToDirectory } from '../../../base/host/path-checks';
import { PACK_LIMITS } from '../../../packs/limits';
import { unpackInProcess } from '../../../packs/process/in-pack-process';
import type { PlatformProgram } from '../../../packs/process/pack-process';
import type { StandaloneAccess } from '../../rpc/standalone-protocol';
import { removeTree } from '../../../files/remove-tree';

const OWNER_ONLY_DIRECTORY = 0o700;
/** Of one tenant, beside those that attempts use. */
const MAX_KEPT = 50;

interface ClaimedPack {
  readonly fencingToken: number;
  readonly tenant: number;
  /** SHA-256 of its archive, hexadecimal. */
  readonly digest: string;
}

interface PackStoreOptions {
  readonly access: Pick<StandaloneAccess, 'readPack'>;
  /** Of this worker. */
  readonly directory: string;
  /** Of this process: for files that are removed with it. */
  readonly temporaryDirectory: string;
  readonly program: PlatformProgram;
  readonly stop: AbortSignal;
}

/** The files of packs, by digest: those of another version have another directory. */
export class PackStore {
  private readonly fetching = new Map<string, Promise<string | null>>();

  constructor(private readonly options: PackStoreOptions) {}

  pathOf({ tenant, digest }: Pick<ClaimedPack, 'tenant' | 'digest'>): string {
    return join(packsDirectory(this.options), String(tenant), digest);
  }

  /** Fetches the files unless they are there. Returns why it cannot. */
  async fetch(pack: ClaimedPack, inUse: ReadonlySet<string>): Promise<string | null> {
    const path = this.pathOf(pack);
    const nowSeconds = hostNow() / 1_000;
    if (await resolvesToDirectory(path)) {
      await utimes(path, nowSeconds, nowSeconds);
      return null;
    }
    const running = this.fetching.get(path) ?? this.download(pack, path).finally(() => this.fetching.delete(path));
    this.fetching.set(path, running);
    const problem = await running;
    if (problem === null) await this.removeUnused(dirname(path), new Set([...inUse, path]));
    return problem;
  }

  private async download(pack: ClaimedPack, path: string): Promise<string | null> {
    const work = join(this.options.temporaryDirectory, `.pack-${randomUUID()}`);
    await mkdir(work, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    try {
      const archive = join(work, 'archive.tgz');
      const problem = await this.readArchive(pack, archive);
      return problem ?? (await this.unpack(archive, work, path));
    } finally {
      await removeTree(work);
    }
  }

  /** Writes the archive, and compares its digest with that of the attempt. */
  private async readArchive({ fencingToken, digest }: ClaimedPack, archive: string): Promise<string | null> {
    const hash = createHash('sha256');
    await using file = await open(archive, 'wx');
    for (let offset = 0; ;) {
      const part = await this.options.access.readPack(fencingToken, offset);
      if (part === null) return 'PACK_NOT_AVAILABLE: the lease was lost while its pack was fetched';
      const bytes = Buffer.from(part.base64, 'base64');
      hash.update(bytes);
      await file.appendFile(bytes);
      offset += bytes.length;
      if (offset >= part.size || bytes.length === 0) break;
      if (offset > PACK_LIMITS.totalBytes) return 'PACK_NOT_AVAILABLE: its pack is larger than a pack may be';
    }
    const found = hash.digest('hex');
    if (found === digest) return null;
    return `PACK_DIGEST_MISMATCH: the files of its pack have the digest ${found}, and the attempt names ${digest}`;
  }

  private async unpack(archive: string, work: string, path: string): Promise<string | null> {
    const into = join(work, 'files');
    const { program, stop } = this.options;
    await mkdir(into);
    try {
      const root = await unpackInProcess(archive, into, { program, signal: stop });
      await mkdir(dirname(path), { recursive: true });
      await rename(root, path).catch(ignoreCodes('EEXIST', 'ENOTEMPTY'));
      return null;
    } catch (error) {
      return `PACK_NOT_AVAILABLE: its pack cannot be unpacked: ${errorMessage(error)}`;
    }
  }

  /** The oldest beyond a number; none that an attempt uses. */
  private async removeUnused(home: string, inUse: ReadonlySet<string>): Promise<void> {
    const paths = (await readdir(home)).map((name) => join(home, name)).filter((path) => !inUse.has(path));
    const dated = await Promise.all(paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
    const unused = dated.sort((one, other) => other.at - one.at).slice(MAX_KEPT);
    for (const { path } of unused) await removeTree(path);
  }
}
