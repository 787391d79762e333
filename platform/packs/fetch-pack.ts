import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { limited } from '../egress/exchange';
import { follow } from '../egress/follow';
import { urlOf, type Guard } from '../egress/guard';
import { EgressRefused } from '../egress/refused';
import { isAbsolute } from 'node:path';
import { PACK_LIMITS } from './limits';
import { refusedPack } from './problems';

/** Where a pack is to be installed from. */
export type PackOrigin =
  { readonly is: 'directory'; readonly path: string } | { readonly is: 'archive'; readonly url: URL };

const FETCH_MS = 60_000;
const MOST_REDIRECTS = 10;

/**
 * Reads a `source`: an absolute directory of the server, or the http or https address of a gzip tar. Anything that would
 * need a program to be fetched (git, ssh, a shell) is refused: 400 SOURCE_FORBIDDEN.
 */
export function originOf(source: string, refSpec: string | null): PackOrigin {
  if (refSpec !== null) throw forbidden('ref_spec is for repositories, which this platform does not clone');
  if (isAbsolute(source)) return { is: 'directory', path: source };
  if (!/^https?:\/\//i.test(source) || /[\s\u0000-\u001f]/.test(source))
    throw forbidden('give the http or https address of a gzip tar, or a directory of the server');
  const url = readUrl(source);
  if (url.pathname.endsWith('.git')) throw forbidden('repositories are not cloned: give the address of a gzip tar');
  return { is: 'archive', url };
}

function readUrl(source: string): URL {
  try {
    return urlOf(source);
  } catch (error) {
    throw error instanceof EgressRefused ? forbidden(error.message) : error;
  }
}

/**
 * Fetches an archive into a file. Throws Refusal 400: SOURCE_FORBIDDEN (an address that may not be asked, then or after a
 * redirect), PACK_LIMIT, SOURCE_UNREACHABLE.
 */
export async function fetchArchive(url: URL, guard: Guard, file: string): Promise<void> {
  const stop = AbortSignal.timeout(FETCH_MS);
  const asked = { method: 'GET', headers: { accept: '*/*' }, body: null, verifyTls: true };
  try {
    const { answer } = await follow({ url, asked, mostRedirects: MOST_REDIRECTS }, guard, stop);
    if (answer.status !== 200) {
      answer.body.on('error', () => undefined).destroy(); // nobody reads it
      throw refusedPack('SOURCE_UNREACHABLE', `the source answered ${answer.status}`, 'source');
    }
    await pipeline(limited(answer, PACK_LIMITS.uploadBytes, stop), createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if (stop.aborted) throw refusedPack('SOURCE_UNREACHABLE', `no whole answer within ${FETCH_MS / 1_000} s`, 'source');
    throw error instanceof EgressRefused ? refusalOf(error) : error;
  }
}

function refusalOf({ code, message }: EgressRefused) {
  if (code === 'EGRESS_BLOCKED') return forbidden(message);
  return refusedPack(code === 'RESPONSE_LIMIT' ? 'PACK_LIMIT' : 'SOURCE_UNREACHABLE', message, 'source');
}

const forbidden = (why: string) => refusedPack('SOURCE_FORBIDDEN', `the source is refused: ${why}`, 'source');
