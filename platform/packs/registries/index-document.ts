import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { PACK_REF } from '../read/refs';
import { packError } from '../pack-errors';
import { parsePackSource, type PackArchive } from '../sources/fetch-pack';

/** One pack of an index, as the index describes it. */
export type PackEntry = JsonObject & { readonly ref: string; readonly version: string };

const CHECKSUM = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * The packs of an index: `{"packs": [{"ref": …, "version": …, "install_sources": […]}]}`. Null:
 * the document is not an index, or one of its entries has no ref or version.
 */
export function parseIndex(document: Json): PackEntry[] | null {
  const packs = isObject(document) ? document.packs : null;
  return Array.isArray(packs) && packs.every(isPackEntry) ? packs : null;
}

const isPackEntry = (entry: Json): entry is PackEntry =>
  isObject(entry) && typeof entry.ref === 'string' && PACK_REF.test(entry.ref) && typeof entry.version === 'string';

/** Whether a text of the search occurs in what describes the pack. */
export function matchesSearch(entry: PackEntry, text: string): boolean {
  const { ref, label, description, keywords } = entry;
  const described = [ref, label, description, ...(Array.isArray(keywords) ? keywords : [])];
  return described.some((part) => typeof part === 'string' && part.toLowerCase().includes(text.toLowerCase()));
}

/** The first archive of an entry. Throws DomainError 400 SOURCE_FORBIDDEN where it has none. */
export function archiveOf(entry: PackEntry): PackArchive {
  const sources = Array.isArray(entry.install_sources) ? entry.install_sources : [];
  const source = sources.filter(isObject).find(({ type }) => type === 'archive');
  if (typeof source?.url !== 'string')
    throw packError('SOURCE_FORBIDDEN', `the index names no archive of pack ${entry.ref}`, 'source');
  const origin = parsePackSource(source.url, null);
  if (origin.is === 'directory') throw packError('SOURCE_FORBIDDEN', 'an index names addresses only', 'source');
  return { url: origin.url, checksum: checksumOf(source) };
}

function checksumOf({ checksum = null }: JsonObject): string | null {
  if (checksum === null) return null;
  const [, digest] = typeof checksum === 'string' ? (CHECKSUM.exec(checksum) ?? []) : [];
  if (digest === undefined) throw packError('CHECKSUM_MISMATCH', 'the checksum in the index is no SHA-256', 'source');
  return digest;
}
