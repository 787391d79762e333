import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TinyRegistry extends AsyncDisposable {
  readonly url: string;
  /** Requested paths, in order. */
  readonly requestedPaths: string[];
  /** The archive of a served version. */
  archive(version: string): Buffer;
}

/** Serves one package, `tiny`, in the given versions; each exports its version. */
export async function startTinyRegistry(versions: readonly string[]): Promise<TinyRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'registry-'));
  const tarballs = new Map(versions.map((version) => [`/tiny/-/tiny-${version}.tgz`, tarball(directory, version)]));
  const requestedPaths: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requestedPaths.push(path);
    const tar = tarballs.get(path);
    if (tar) return response.end(tar);
    if (path !== '/tiny') return response.writeHead(404).end('{}');
    return response.end(JSON.stringify(packument(`http://${request.headers.host ?? ''}`, tarballs)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requestedPaths,
    archive: (version) => tarballs.get(`/tiny/-/tiny-${version}.tgz`)!,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function tarball(directory: string, version: string): Buffer {
  const packageDirectory = join(directory, version, 'package');
  mkdirSync(packageDirectory, { recursive: true });
  const scripts = { install: 'touch ../../installed-by-script' };
  writeFileSync(
    join(packageDirectory, 'package.json'),
    JSON.stringify({ name: 'tiny', version, main: 'main.js', scripts }),
  );
  writeFileSync(join(packageDirectory, 'main.js'), `exports.version = '${version}'; exports.place = __filename;\n`);
  execFileSync('tar', ['-czf', join(directory, `${version}.tgz`), '-C', join(directory, version), 'package']);
  return readFileSync(join(directory, `${version}.tgz`));
}

function packument(base: string, tarballs: ReadonlyMap<string, Buffer>) {
  const versions = [...tarballs].map(([path, tar]) => {
    const version = path.slice('/tiny/-/tiny-'.length, -'.tgz'.length);
    const integrity = `sha512-${createHash('sha512').update(tar).digest('base64')}`;
    return [version, { name: 'tiny', version, main: 'main.js', dist: { tarball: base + path, integrity } }] as const;
  });
  return { name: 'tiny', 'dist-tags': { latest: versions.at(-1)![0] }, versions: Object.fromEntries(versions) };
}
