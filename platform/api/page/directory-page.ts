import { readdirSync } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ignoreCodes } from '../../base/error-details';
import { SettingError } from '../../base/settings/values';
import type { WebDirectory } from '../../base/settings/web-directory';
import type { Api, Page } from '../http/context';
import { firstSegment } from './send-page';

const DOCUMENT = 'index.html';

/**
 * The built client in a directory: its `index.html`, and its other files at their paths. A file
 * that is added later is not served, nor one that a link has replaced. The registration of its
 * routes comes last, and throws SettingError for a file at an address of the API.
 * `notifierPort`: 0 where it is not known.
 */
export function directoryPage(directory: WebDirectory, notifierPort: number): Page {
  const files = listFiles(directory.path);
  const policy = (hostname: string): string => policyFor(hostname, notifierPort);
  return {
    policy,
    document: () => readDocument(directory.path),
    addRoutes: (api: Api) => {
      requireFreeAddresses(directory, files, api.routeTable);
      for (const path of files)
        api.get(`/${path.replaceAll(':', '::')}`, PUBLIC, async (request, reply) => {
          if (!(await isOwnFile(directory.path, path))) return reply.code(404).send();
          return sendFile(request, reply, { root: directory.path, path, policy });
        });
    },
  };
}

const PUBLIC = { config: { isPublic: true }, schema: { hide: true } };

/**
 * A built client may style its elements, run its own workers, and connect to the notifier, whose
 * port is another one. `ws` and `http` include `wss` and `https`.
 */
function policyFor(hostname: string, notifierPort: number): string {
  const notifier = `${hostname}:${notifierPort}`;
  const hasNotifier = notifierPort !== 0 && IN_A_POLICY.test(hostname);
  return [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self'${hasNotifier ? ` ws://${notifier} http://${notifier}` : ''}`,
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The hosts that a policy can name: IPv6 addresses are not among them. */
const IN_A_POLICY = /^[\w-]+(?:\.[\w-]+)*$/;

/** Paths below a directory: no hidden file, link, document, or name with a wildcard. */
const listFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep))
    .filter((parts) => !parts.some((part) => part.startsWith('.') || part.includes('*')))
    .map((parts) => parts.join('/'))
    .filter((path) => path !== DOCUMENT);

/** `routes`: those of the API, which has every address that starts with one of their segments. */
function requireFreeAddresses(
  { setting, path: directory }: WebDirectory,
  files: readonly string[],
  routes: readonly { readonly url: string }[],
): void {
  const segments = new Set(routes.map(({ url }) => firstSegment(url)));
  const taken = files.find((path) => segments.has(path.split('/', 1)[0]!));
  if (taken === undefined) return;
  const segment = taken.split('/', 1)[0]!;
  throw new SettingError(setting, directory, `a directory without ${taken}: /${segment} is an address of the API`);
}

/** Whether a path is still a file, and neither it nor a directory of it is a link. */
async function isOwnFile(root: string, path: string): Promise<boolean> {
  const paths = [root, join(root, path)].map((each) => realpath(each).catch(ignoreCodes('ENOENT', 'ENOTDIR', 'ELOOP')));
  const [realRoot, realFile] = await Promise.all(paths);
  if (realRoot === undefined || realFile !== join(realRoot, path)) return false;
  return (await lstat(realFile)).isFile();
}

/** Throws where the file has been removed, or a link has replaced it. */
async function readDocument(directory: string): Promise<string> {
  if (await isOwnFile(directory, DOCUMENT)) return readFile(join(directory, DOCUMENT), 'utf8');
  throw new Error(`${join(directory, DOCUMENT)} is no longer a file`);
}

interface SentFile extends Pick<Page, 'policy'> {
  readonly root: string;
  /** Below the root, with `/`. */
  readonly path: string;
}

/**
 * With its type, and as 304 where the browser has it. What a browser shows as a document, HTML and
 * SVG, has the policy.
 */
async function sendFile(
  { raw, hostname }: FastifyRequest,
  reply: FastifyReply,
  { root, path, policy }: SentFile,
): Promise<FastifyReply> {
  const { default: send } = await import('@fastify/send'); // most platforms show their own page
  const address = path.split('/').map(encodeURIComponent).join('/');
  const { type, statusCode, headers, stream } = await send(raw, address, { root });
  if (type === 'file' && /html|xml/.test(headers['Content-Type'] ?? ''))
    reply.header('content-security-policy', policy(hostname));
  return reply.code(statusCode).headers(headers).header('x-content-type-options', 'nosniff').send(stream);
}
