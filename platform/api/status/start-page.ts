import type { Api, ApiContext } from '../http/context';
import { pageSender, pageStyle } from '../http/docs-page';
import { writeJson } from '../../../contract/json-text/write-json';

const DESCRIPTION = "An event-driven automation platform with Attune's API.";

const LINKS = {
  documentation: '/docs',
  openapi: '/api-spec/openapi.json',
  health: '/health',
  capabilities: '/api/v1/capabilities',
} as const;

const LOGIN = {
  method: 'POST',
  path: '/auth/login',
  body: { login: '…', password: '…' },
  header: 'Authorization: Bearer <data.access_token of the response>',
} as const;

/**
 * `GET /` for a person who opens the address: what serves it, and where to continue. HTML where
 * the request accepts that, else JSON. Public, and no operation of the API.
 */
export function startPageRoutes(api: Api, { extensions, version }: ApiContext): void {
  if (!extensions) return;
  const sendPage = pageSender(startPage(version));
  const overview = { name: 'tuningfork', version, description: DESCRIPTION, login: LOGIN, links: LINKS };
  api.get('/', { config: { isPublic: true }, schema: { hide: true } }, (request, reply) => {
    void reply.header('vary', 'accept').header('x-content-type-options', 'nosniff');
    if (!request.headers.accept?.includes('text/html')) return reply.send(overview);
    return sendPage(reply);
  });
}

const startPage = (version: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tuningfork</title>
${pageStyle}
<h1>Tuningfork ${version}</h1>
<p>${DESCRIPTION} This address is its API; there is no web interface.</p>
<ul>
  <li><a href="${LINKS.documentation}">API documentation</a>, from <a href="${LINKS.openapi}">${LINKS.openapi}</a></li>
  <li><a href="${LINKS.health}">Health</a></li>
  <li><a href="${LINKS.capabilities}">Capabilities</a></li>
</ul>
<h2>Log in</h2>
<p>The address and the login of a new platform are in the output of <code>tuningfork up</code>.</p>
<pre>
curl -X ${LOGIN.method} $URL${LOGIN.path} -H 'content-type: application/json' \\
  -d '${writeJson(LOGIN.body)}'
curl $URL/api/v1/packs -H 'authorization: Bearer &lt;data.access_token of the response&gt;'
</pre>
</html>
`;
