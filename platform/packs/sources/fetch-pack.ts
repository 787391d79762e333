import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { readLimited } from '../../egress/send-request';
import { followRedirects } from '../../egress/follow-redirects';
import { parseEgressUrl, type EgressGuard } from '../../egress/egress-guard';
import { EgressError } from '../../egress/egress-error';
import { isAbsolute } from 'node:path';
import { PACK_LIMITS } from '../limits';
import { packError } from '../pack-errors';

/** The source that a pack is installed from. */
export type PackOrigin =
  { readonly is: 'directory'; readonly path: string } | { readonly is: 'archive'; readonly url: URL };

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
  return { is: 'archive', url };
}

function parseUrl(source: string): URL {
  try {
    return parseEgressUrl(source);
  } catch (error) {
    throw error instanceof EgressError ? forbiddenSource(error.message) : error;
  }
}

/**
 * Downloads an archive to a file, until `signal` aborts. Throws DomainError 400: SOURCE_FORBIDDEN
 * (a blocked address, also after a redirect), PACK_LIMIT, SOURCE_UNREACHABLE.
 */
export async function fetchArchive(url: URL, guard: EgressGuard, file: string, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const stop = AbortSignal.any([timeout, signal]);
  const request = { method: 'GET', headers: { accept: '*/*' }, body: null, verifyTls: true };
  try {
    const { response } = await followRedirects({ url, request, maxRedirects: MAX_REDIRECTS }, guard, stop);
    if (response.status !== 200) {
      response.body.on('error', () => undefined).destroy(); // the body is not needed
      throw packError('SOURCE_UNREACHABLE', `the source answered ${response.status}`, 'source');
    }
    await pipeline(readLimited(response, PACK_LIMITS.uploadBytes, stop), createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timeout.aborted)
      throw packError('SOURCE_UNREACHABLE', `no whole answer within ${FETCH_TIMEOUT_MS / 1_000} s`, 'source');
    throw error instanceof EgressError ? toPackError(error) : error;
  }
}

function toPackError({ code, message }: EgressError) {
  if (code === 'EGRESS_BLOCKED') return forbiddenSource(message);
  return packError(code === 'RESPONSE_LIMIT' ? 'PACK_LIMIT' : 'SOURCE_UNREACHABLE', message, 'source');
}

const forbiddenSource = (why: string) => packError('SOURCE_FORBIDDEN', `the source is not allowed: ${why}`, 'source');
