import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { dirname, join } from 'node:path';

/** Serves HTTP on the port of this host that packs may be fetched from, until it is closed. */
export async function servePacks(port: number, answer: RequestListener): Promise<Server> {
  const server = createHttpServer(answer);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return server;
}

/** Writes files below a directory, by path. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return directory;
}
