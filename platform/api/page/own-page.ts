import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { bundlePage, type PageProgram } from '../../../bin/bundle-page';
import type { FastifyReply } from 'fastify';
import type { Api, Page } from '../http/context';

const ENTRY = 'web/platform/main.tsx';

/** Runs and loads nothing that is not of this server; no inline script or style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly text: string;
  readonly gzipped: Buffer;
}

const compress = promisify(gzip);

/** The platform's own page, built at its first request. `root`: directory of the project. */
export function ownPage(root: string): Page {
  let building: Promise<BuiltPage> | undefined;
  const built = async (): Promise<BuiltPage> => {
    building ??= bundlePage(root, ENTRY).then(toBuiltPage);
    try {
      return await building;
    } catch (error) {
      building = undefined; // the next request builds it again
      throw error;
    }
  };
  return {
    policy: () => POLICY,
    document: async () => (await built()).document,
    addRoutes: (api: Api) => {
      api.get('/assets/:name', { config: { isPublic: true }, schema: { hide: true } }, async (request, reply) => {
        const { name } = request.params as { readonly name: string };
        const asset = (await built()).assets.get(name);
        if (asset === undefined) return reply.code(404).send();
        return sendAsset(asset, request.headers['accept-encoding'], reply);
      });
    },
  };
}

function sendAsset(asset: Asset, acceptEncoding: string | undefined, reply: FastifyReply): FastifyReply {
  const vary = [reply.getHeader('vary'), 'accept-encoding'].filter((name) => name !== undefined);
  reply
    .type(asset.type)
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', vary.join(', '))
    .header('x-content-type-options', 'nosniff');
  if (acceptsGzip(acceptEncoding)) return reply.header('content-encoding', 'gzip').send(asset.gzipped);
  return reply.serializer(String).send(asset.text);
}

/** Whether a value of `accept-encoding` names gzip, with a weight that is not 0. */
const acceptsGzip = (accepted = ''): boolean =>
  accepted.split(',').some((coding) => {
    const [name, weight] = coding.split(';', 2).map((part) => part.trim().toLowerCase());
    return name === 'gzip' && !/^q=0(?:\.0*)?$/.test(weight ?? '');
  });

interface BuiltPage {
  readonly document: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** The names of assets change with their content: a browser may keep them. */
async function toBuiltPage({ script, style }: PageProgram): Promise<BuiltPage> {
  const scriptName = `page-${digestOf(script)}.js`;
  const styleName = `page-${digestOf(style)}.css`;
  const [scriptAsset, styleAsset] = await Promise.all([
    toAsset('text/javascript; charset=utf-8', script),
    toAsset('text/css; charset=utf-8', style),
  ]);
  return {
    document: documentOf(scriptName, styleName),
    assets: new Map([
      [scriptName, scriptAsset],
      [styleName, styleAsset],
    ]),
  };
}

const toAsset = async (type: string, text: string): Promise<Asset> => ({ type, text, gzipped: await compress(text) });

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const documentOf = (script: string, style: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tuningfork</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${style}">
<script defer src="/assets/${script}"></script>
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. The API is described at <a href="/docs">/docs</a>.</noscript>
</body>
</html>
`;
