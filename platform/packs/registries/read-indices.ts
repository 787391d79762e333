import type { Json } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { DomainError } from '../../base/domain-error';
import type { EgressGuard } from '../../egress/egress-guard';
import { fetchBytes } from '../sources/fetch-pack';
import { parseIndex, type PackEntry } from './index-document';

const INDEX_TIMEOUT_MS = 15_000;
const MAX_INDEX_BYTES = 5 * 1_024 * 1_024;

/** An index of packs, with the headers of its requests. */
export interface Registry {
  readonly id: number;
  readonly name: string | null;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RegistryPack {
  readonly registry: Registry;
  readonly entry: PackEntry;
}

/** `problems`: why indices could not be read. */
export interface ReadIndices {
  readonly packs: readonly RegistryPack[];
  readonly problems: readonly string[];
}

/** Reads all indices at the same time; the packs are in their order. */
export async function readIndices(
  registries: readonly Registry[],
  guard: EgressGuard,
  signal: AbortSignal,
): Promise<ReadIndices> {
  const results = await Promise.all(registries.map((registry) => readOrProblem(registry, guard, signal)));
  return {
    packs: results.flatMap(({ packs }) => packs),
    problems: results.flatMap(({ problems }) => problems),
  };
}

/**
 * The first pack of this ref, in the order of the indices: those after it are not read. None where
 * no index that could be read names one.
 */
export async function findInIndices(
  registries: readonly Registry[],
  ref: string,
  guard: EgressGuard,
  signal: AbortSignal,
): Promise<ReadIndices> {
  const unread: string[] = [];
  for (const registry of registries) {
    const { packs, problems } = await readOrProblem(registry, guard, signal);
    const found = packs.find(({ entry }) => entry.ref === ref);
    if (found !== undefined) return { packs: [found], problems };
    unread.push(...problems);
    signal.throwIfAborted();
  }
  return { packs: [], problems: unread };
}

async function readOrProblem(registry: Registry, guard: EgressGuard, signal: AbortSignal): Promise<ReadIndices> {
  try {
    const entries = await readIndex(registry, guard, signal);
    return { packs: entries.map((entry) => ({ registry, entry })), problems: [] };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { packs: [], problems: [`index ${registry.id} could not be read: ${error.message}`] };
  }
}

/** Throws DomainError 400: what `fetchBytes` throws, and for what is no index. */
async function readIndex({ url, headers }: Registry, guard: EgressGuard, signal: AbortSignal): Promise<PackEntry[]> {
  const chunks: Buffer[] = [];
  const options = { guard, signal, headers, timeoutMs: INDEX_TIMEOUT_MS, maxBytes: MAX_INDEX_BYTES };
  await fetchBytes(new URL(url), options, async (bytes) => {
    for await (const chunk of bytes) chunks.push(chunk);
  });
  const entries = parseIndex(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (entries === null) throw new DomainError('BAD_REQUEST', 'the document is not an index of packs');
  return entries;
}

function parseJson(text: string): Json {
  try {
    return parseJsonText(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) throw new DomainError('BAD_REQUEST', 'the document is not JSON');
    throw error;
  }
}
