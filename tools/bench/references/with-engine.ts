import type { ReferenceEngine } from './reference-engine';

/** Runs `body` with an engine on the server of `databaseUrl`, and closes it. */
export async function withEngine<E extends ReferenceEngine, T>(
  start: (databaseUrl: string) => Promise<E>,
  databaseUrl: string,
  body: (engine: E) => Promise<T>,
): Promise<T> {
  const engine = await start(databaseUrl);
  try {
    return await body(engine);
  } finally {
    await engine.close();
  }
}
