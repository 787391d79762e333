import type { FastifyRequest } from 'fastify';
import { DomainError, notFound } from '../../base/domain-error';
import type { Api, ApiContext } from '../http/context';
import { isSameText } from '../../base/is-same-text';
import { prometheusText } from './prometheus-text';

/**
 * `GET /metrics` for a Prometheus server. It counts over all tenants, and a scraper cannot log in:
 * so it has a token of its own, `PLATFORM_METRICS_TOKEN`, and without that setting there is no
 * such route. It is no operation of the API, and not in its OpenAPI document.
 */
export function metricsRoutes(api: Api, { extensions, metrics }: ApiContext): void {
  if (!extensions) return;
  api.get('/metrics', { config: { isPublic: true }, schema: { hide: true } }, async (request, reply) => {
    if (!metrics) throw notFound('/metrics');
    if (!hasToken(request, metrics.token)) {
      throw new DomainError('UNAUTHORIZED', 'give PLATFORM_METRICS_TOKEN as the bearer token');
    }
    const { user, system } = process.cpuUsage();
    const { contentType, text } = await prometheusText({
      ...(await metrics.read()),
      process: { cpuSeconds: (user + system) / 1_000_000, memoryBytes: process.memoryUsage.rss() },
    });
    return reply.type(contentType).header('cache-control', 'no-store').send(text);
  });
}

function hasToken({ headers }: FastifyRequest, token: string): boolean {
  const [, given = ''] = /^Bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  return isSameText(given, token);
}
