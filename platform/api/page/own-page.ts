import { createHash } from 'node:crypto';
import { bundlePage, type PageProgram } from '../../../bin/bundle-page';
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
}

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
        return reply
          .type(asset.type)
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('x-content-type-options', 'nosniff')
          .serializer(String)
          .send(asset.text);
      });
    },
  };
}

interface BuiltPage {
  readonly document: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** The names of assets change with their content: a browser may keep them. */
function toBuiltPage({ script, style }: PageProgram): BuiltPage {
  const scriptName = `page-${digestOf(script)}.js`;
  const styleName = `page-${digestOf(style)}.css`;
  return {
    document: documentOf(scriptName, styleName),
    assets: new Map([
      [scriptName, { type: 'text/javascript; charset=utf-8', text: script }],
      [styleName, { type: 'text/css; charset=utf-8', text: style }],
    ]),
  };
}

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
