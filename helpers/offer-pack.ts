import type { JsonObject } from '../contract/json';
import type { RunFacts } from './run';

export interface Offered {
  readonly status: number;
  readonly body: JsonObject;
  readonly ms: number;
}

/** Uploads these bytes as a pack, whatever they are. */
export async function offerPack(
  { url, token }: Pick<RunFacts, 'url' | 'token'>,
  archive: Buffer,
  force = false,
): Promise<Offered> {
  const form = new FormData();
  form.append('force', String(force));
  form.append('skip_tests', 'true');
  form.append('pack', new Blob([Uint8Array.from(archive)], { type: 'application/gzip' }), 'pack.tar.gz');
  const began = performance.now();
  const answer = await fetch(`${url}/api/v1/packs/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  const body = (await answer.json()) as JsonObject;
  return { status: answer.status, body, ms: performance.now() - began };
}
