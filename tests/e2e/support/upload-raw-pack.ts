import type { JsonObject } from '../../../contract/json';
import type { RunFacts } from '../../../helpers/target/run-facts';

export interface UploadResponse {
  readonly status: number;
  readonly body: JsonObject;
  readonly ms: number;
}

/** Uploads any bytes as a pack. */
export async function uploadRawPack(
  { url, token }: Pick<RunFacts, 'url' | 'token'>,
  archive: Buffer,
  force = false,
  skipTests = true,
): Promise<UploadResponse> {
  const form = new FormData();
  form.append('force', String(force));
  form.append('skip_tests', String(skipTests));
  form.append('pack', new Blob([Uint8Array.from(archive)], { type: 'application/gzip' }), 'pack.tar.gz');
  const startedAt = performance.now();
  const response = await fetch(`${url}/api/v1/packs/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  const text = await response.text();
  return { status: response.status, body: parsedBody(response.status, text), ms: performance.now() - startedAt };
}

function parsedBody(status: number, text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch (error) {
    throw new Error(`the upload returned ${status} with the body "${text}"`, { cause: error });
  }
}
