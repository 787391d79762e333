import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readLimited } from '../../egress/send-request';
import { followRedirects } from '../../egress/follow-redirects';
import { parseEgressUrl, type EgressGuard } from '../../egress/egress-guard';
import { EgressError } from '../../egress/egress-error';
import { isAbsolute, join } from 'node:path';
import { PACK_LIMITS } from '../limits';
import { packError } from '../pack-errors';
import { unpackInProcess, type PackProcessOptions } from '../process/in-pack-process';

/** A gzip tar; `checksum`: the SHA-256 that it must have, null: any. */
export interface PackArchive {
  readonly url: URL;
  readonly checksum: string | null;
}

/** The source that a pack is installed from. */
export type PackOrigin =
  | { readonly is: 'directory'; readonly path: string }
  | ({ readonly is: 'archive' } & PackArchive);

const FETCH_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 10;

/**
 * Parses a `source`: an absolute directory of the server, or the http or https address of a gzip
 * tar. A source that needs a program (git, ssh, a shell) is rejected: 400 SOURCE_FORBIDDEN.
 */
export function parsePackSource(source: string, refSpec: string | null): PackOrigin {
  if (refSpec !== null) throw forbiddenSource('ref_spec is for repositories, which this platform does not clone');
  if (isAbsolute(source)) return { is: 'directory', path: source };
  if (!/^https?:\/\//i.test(source) || /[\s\u0000-\u001f]/.test(source))
    throw forbiddenSource('give the http or https address of a gzip tar, or a directory of the server');
  const url = parseUrl(source);
  if (url.pathname.endsWith('.git'))
    throw forbiddenSource('repositories are not cloned: give the address of a gzip tar');
  return { is: 'archive', url, checksum: null };
}

function parseUrl(source: string): URL {
  try {
    return parseEgressUrl(source);
  } catch (error) {
    throw error instanceof EgressError ? forbiddenSource(error.message) : error;
  }
}

export interface FetchOptions {
  readonly guard: EgressGuard;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  readonly verifyTls?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
}

/**
 * Downloads a file until `signal` aborts, and passes its bytes on. Throws DomainError 400:
 * SOURCE_FORBIDDEN (a blocked address, also after a redirect), PACK_LIMIT, SOURCE_UNREACHABLE.
 */
export async function fetchBytes(
  url: URL,
  { guard, signal, timeoutMs = FETCH_TIMEOUT_MS, verifyTls = true, headers = {}, maxBytes }: FetchOptions,
  receive: (bytes: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([timeout, signal]);
  const request = { method: 'GET', headers: { accept: '*/*', ...headers }, body: null, verifyTls };
  try {
    const { response } = await followRedirects({ url, request, maxRedirects: MAX_REDIRECTS }, guard, stop);
    if (response.status !== 200) {
      response.body.on('error', () => undefined).destroy(); // the body is not needed
      throw packError('SOURCE_UNREACHABLE', `the source answered ${response.status}`, 'source');
    }
    await receive(readLimited(response, maxBytes, stop));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timeout.aborted)
      throw packError('SOURCE_UNREACHABLE', `no whole answer within ${timeoutMs / 1_000} s`, 'source');
    throw error instanceof EgressError ? toPackError(error) : error;
  }
}

export interface FetchedPack {
  /** Directory with `pack.yaml` in it, below the given one. */
  readonly directory: string;
  /** SHA-256 of the archive. */
  readonly checksum: string;
}

/**
 * Downloads an archive and unpacks it below a directory, which must be empty. Throws what
 * `fetchBytes` and `unpackInProcess` throw, and CHECKSUM_MISMATCH.
 */
export async function fetchPack(
  { url, checksum: expected }: PackArchive,
  into: string,
  options: Omit<FetchOptions, 'maxBytes'> & Pick<PackProcessOptions, 'program'>,
): Promise<FetchedPack> {
  const archive = join(into, 'pack.tar.gz');
  const files = join(into, 'files');
  const hash = createHash('sha256');
  await mkdir(files, { recursive: true });
  await fetchBytes(url, { ...options, maxBytes: PACK_LIMITS.uploadBytes }, (bytes) =>
    pipeline(
      bytes,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(archive, { flags: 'wx' }),
    ),
  );
  const checksum = hash.digest('hex');
  if (expected !== null && expected !== checksum)
    throw packError('CHECKSUM_MISMATCH', `the archive has SHA-256 ${checksum}, not ${expected}`, 'source');
  const directory = await unpackInProcess(archive, files, options);
  await rm(archive);
  return { directory, checksum };
}

function toPackError({ code, message }: EgressError) {
  if (code === 'EGRESS_BLOCKED') return forbiddenSource(message);
  return packError(code === 'RESPONSE_LIMIT' ? 'PACK_LIMIT' : 'SOURCE_UNREACHABLE', message, 'source');
}

const forbiddenSource = (why: string) => packError('SOURCE_FORBIDDEN', `the source is not allowed: ${why}`, 'source');
