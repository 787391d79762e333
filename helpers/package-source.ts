import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { archiveOf } from './client/archive';
import { explain, matches } from './client/validate';

const ROOT = resolve(__dirname, '..');
const SERVED = ['axios', 'lodash'];

const PackageFile = Type.Object({
  name: Type.String(),
  version: Type.String(),
  dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
});
type PackageFile = Static<typeof PackageFile>;

interface Installed {
  file: PackageFile;
  directory: string;
}

/** An npm registry on loopback that serves what is installed here: no network, and versions that are known. */
export interface PackageSource {
  url: string;
  /** `axios 1.21.1, …`: everything it serves. */
  describe(): string;
  close(): Promise<void>;
}

/** As Node finds a package: in the nearest `node_modules` above. */
function find(name: string, from: string): Installed {
  const directory = join(from, 'node_modules', name);
  if (existsSync(join(directory, 'package.json'))) {
    const file: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    if (!matches(PackageFile, file)) throw new Error(`${directory}/package.json: ${explain(PackageFile, file)}`);
    return { file, directory };
  }
  if (dirname(from) === from) throw new Error(`${name} is not installed here: run npm ci`);
  return find(name, dirname(from));
}

export const installedVersion = (name: string): string => find(name, ROOT).file.version;

/** The packages served and all they need, by `name@version`. */
function collect(): Map<string, Installed> {
  const found = new Map<string, Installed>();
  const add = (name: string, from: string): void => {
    const installed = find(name, from);
    const key = `${installed.file.name}@${installed.file.version}`;
    if (found.has(key)) return;
    found.set(key, installed);
    Object.keys(installed.file.dependencies ?? {}).forEach((needed) => add(needed, installed.directory));
  };
  SERVED.forEach((name) => add(name, ROOT));
  return found;
}

/** What `GET /<name>` of a registry answers. */
function packument(name: string, versions: readonly Installed[], base: string) {
  const described = versions.map(({ file }) => {
    const tarball = `${base}/-/${encodeURIComponent(`${file.name}@${file.version}`)}.tgz`;
    return [file.version, { ...file, scripts: {}, dist: { tarball } }] as const;
  });
  return { name, 'dist-tags': { latest: versions[0]!.file.version }, versions: Object.fromEntries(described) };
}

/** Starts the source on a free port of loopback. */
export async function startPackageSource(): Promise<PackageSource> {
  const packages = collect();
  const answer = async (path: string, base: string, response: ServerResponse): Promise<void> => {
    const [, tarball] = /^\/-\/(.+)\.tgz$/.exec(path) ?? [];
    const wanted = tarball === undefined ? undefined : packages.get(tarball);
    if (wanted) return void response.end(await archiveOf(wanted.directory, 'package'));
    const versions = [...packages.values()].filter(({ file }) => file.name === path.slice(1));
    if (versions.length === 0)
      return void response.writeHead(404).end(JSON.stringify({ error: `${path} is not served` }));
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(packument(path.slice(1), versions, base)));
  };
  const server: Server = createServer((request, response) => {
    const base = `http://${request.headers.host ?? ''}`;
    answer(decodeURIComponent(new URL(request.url ?? '/', base).pathname), base, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    describe: () => [...packages.keys()].join(', '),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
