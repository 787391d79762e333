import type { Api, ApiContext } from '../http/context';
import { acceptsHtml, sendPage } from './send-page';

const DESCRIPTION = "An event-driven automation platform with Attune's API.";

const LOGIN = {
  method: 'POST',
  path: '/auth/login',
  body: { login: '…', password: '…' },
  header: 'Authorization: Bearer <data.access_token of the response>',
} as const;

const LINKS = {
  documentation: '/docs',
  openapi: '/api-spec/openapi.json',
  health: '/health',
  capabilities: '/api/v1/capabilities',
} as const;

/**
 * `GET /`: the page for a browser, and for other clients, as JSON, where to continue. Public, and
 * no operation of the API.
 */
export function pageRoutes(api: Api, { extensions, page, version }: ApiContext): void {
  page?.addRoutes(api);
  if (!page && !extensions) return;
  const overview = { name: 'tuningfork', version, description: DESCRIPTION, login: LOGIN, links: LINKS };
  api.get('/', { config: { isPublic: true }, schema: { hide: true } }, async (request, reply) => {
    if (page && acceptsHtml(request.headers.accept)) return sendPage(page, reply);
    return reply.header('vary', 'accept').header('x-content-type-options', 'nosniff').send(overview);
  });
}
