import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import send from '@fastify/send';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, Page } from '../http/context';

const DOCUMENT = 'index.html';

/**
 * A built client may style its elements, run its own workers, and connect to the notifier, whose
 * port is another one.
 */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self' ws: wss: http://localhost:* http://127.0.0.1:*",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The built client in a directory: its `index.html`, and its other files at their paths. A file
 * that is added later is not served. Throws what the file system throws.
 */
export function directoryPage(directory: string): Page {
  const files = listFiles(directory);
  return {
    policy: POLICY,
    document: () => readFile(join(directory, DOCUMENT), 'utf8'),
    addRoutes: (api: Api) => {
      for (const path of files)
        api.get(`/${path.replaceAll(':', '::')}`, PUBLIC, (request, reply) => sendFile(directory, request, reply));
    },
  };
}

const PUBLIC = { config: { isPublic: true }, schema: { hide: true } };

/** Paths below a directory: no hidden file, link, document, or name with a wildcard. */
const listFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep))
    .filter((parts) => !parts.some((part) => part.startsWith('.') || part.includes('*')))
    .map((parts) => parts.join('/'))
    .filter((path) => path !== DOCUMENT);

/** With its type, and as 304 where the browser has it. */
async function sendFile(root: string, { raw }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { statusCode, headers, stream } = await send(raw, new URL(raw.url ?? '', 'http://host').pathname, { root });
  return reply.code(statusCode).headers(headers).header('x-content-type-options', 'nosniff').send(stream);
}
