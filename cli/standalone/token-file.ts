import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TokenSource } from '../../platform/workers/standalone/worker/token-renewal';
import { isSystemError, usageError } from '../failures';

const OWNER_ONLY = 0o600;
const OWNER_WRITE = 0o200;

/**
 * A token in a file that is read for each connection. A renewed one replaces it there, unless
 * someone else has replaced it, which then comes first.
 */
export class TokenFile implements TokenSource {
  /** What the file had when it was last read or written. */
  private content: string | null = null;
  /** In use instead of that. */
  private renewed: string | null = null;

  constructor(private readonly path: string) {}

  /** Throws CommandError, exit 2. */
  async read(): Promise<string> {
    const content = await this.readContent();
    if (content !== this.content) this.renewed = null;
    this.content = content;
    return this.renewed ?? content;
  }

  async save(token: string): Promise<string | null> {
    try {
      if ((await this.readContent()) !== this.content) return null;
      this.renewed = token;
      await replace(this.path, token);
      this.content = token;
      return null;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return error.message;
    }
  }

  private async readContent(): Promise<string> {
    try {
      return (await readFile(this.path, 'utf8')).trim();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw usageError(`TOKEN_FILE_UNUSABLE: ${error.message}; use --token-file with its path`);
    }
  }
}

/** Replaces the file whole, for its owner alone. Throws where its owner may not write it. */
async function replace(path: string, token: string): Promise<void> {
  const target = await realpath(path);
  const { mode, uid, gid } = await stat(target);
  if ((mode & OWNER_WRITE) === 0) throw new Error(`${path} is read-only`);
  const written = join(dirname(target), `.${basename(target)}.renewed`);
  await rm(written, { force: true });
  try {
    await using file = await open(written, 'wx', OWNER_ONLY);
    if (uid !== process.getuid?.()) await file.chown(uid, gid);
    await file.writeFile(`${token}\n`);
    await file.sync();
    await rename(written, target);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}
