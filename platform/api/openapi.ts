import swagger from '@fastify/swagger';
import type { FastifyContextConfig } from 'fastify';
import type { Api, ApiContext } from './context';
import { docsPage } from './docs-page';
import { LET_IN } from './token-check';

/** Must come before the routes it is to describe. */
export function describeRoutes(api: Api, { version }: ApiContext): void {
  void api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tuningfork', description: 'An event-driven automation platform.', version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ bearer: [] }],
    },
    transform: ({ schema, url, route }) => ({
      schema: route.config?.public ? { ...schema, security: [] } : { ...schema, ...accessOf(route.config) },
      url,
    }),
  });
}

/** Who may call, as data: what a table of routes and roles is made from. */
const accessOf = ({ grant, lack = 403, tokens = LET_IN }: FastifyContextConfig = {}) => ({
  ...(grant !== undefined && { 'x-required-grant': grant }),
  ...(typeof grant === 'string' && { 'x-without-grant': lack }),
  'x-token-kinds': tokens,
});

/** The document, made from the schemas that validate, and a page to read it by. Both public. */
export function openapiRoutes(api: Api): void {
  const config = { public: true };
  api.get('/api-spec/openapi.json', { config, schema: { tags: ['docs'] } }, (_request, reply) =>
    reply.send(api.swagger()),
  );
  api.get('/docs', { config, schema: { tags: ['docs'] } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').serializer(String).send(docsPage),
  );
}
