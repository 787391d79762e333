import swagger from '@fastify/swagger';
import type { Api, ApiContext } from './context';
import { docsPage } from './docs-page';

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
      schema: route.config?.public ? { ...schema, security: [] } : schema,
      url,
    }),
  });
}

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
