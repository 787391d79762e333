import swagger from '@fastify/swagger';
import { Type } from '@sinclair/typebox';
import type { FastifyContextConfig } from 'fastify';
import type { Api, ApiContext } from './context';
import { docsPage, pageSender } from './docs-page';
import { acceptedTokenTypes } from './authenticate-requests';
import { plainRouteSchema } from './remove-extensions';

/** The parameter of a route for all paths below one. */
const REST_OF_PATH = Type.Object({ path: Type.String() });

/** Describes the routes that are registered after it. */
export function registerOpenApi(api: Api, context: ApiContext): void {
  const { version, extensions } = context;
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tuningfork', description: 'An event-driven automation platform.', version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }],
    },
    transform: ({ schema, url, route: { config = {} } }) => ({
      schema: {
        ...(extensions ? schema : plainRouteSchema(schema)),
        ...(url.endsWith('/*') && { params: REST_OF_PATH }),
        ...(config.isPublic ? { security: [] } : accessExtensions(config, context)),
      },
      url: url.replace(/\*$/, ':path'),
    }),
  });
}

/** Who may call a route, as extensions of the document. */
function accessExtensions(config: FastifyContextConfig, context: ApiContext) {
  const { grant, withoutGrant = 403 } = config;
  return {
    ...(grant !== undefined && { 'x-required-grant': grant }),
    ...(typeof grant === 'string' && { 'x-without-grant': withoutGrant }),
    'x-token-kinds': acceptedTokenTypes(config, context),
  };
}

/**
 * The document, generated from the schemas that validate, and a page that shows it. Both are
 * public.
 */
export function openapiRoutes(api: Api): void {
  const config = { isPublic: true };
  api.get('/api-spec/openapi.json', { config, schema: { tags: ['docs'] } }, (_request, reply) =>
    reply.send(api.swagger()),
  );
  const sendDocs = pageSender(docsPage);
  api.get('/docs', { config, schema: { tags: ['docs'] } }, (_request, reply) => sendDocs(reply));
}
