import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '../http/context';

/** Sends the document of the page, with the headers that protect it. */
export async function sendPage(page: Page, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', page.policy(reply.request.hostname))
    .header('referrer-policy', 'no-referrer')
    .header('vary', 'accept')
    .header('x-content-type-options', 'nosniff')
    .serializer(String)
    .send(await page.document());
}

/**
 * Whether a browser asks for an address of the page: one whose first segment no route of the API
 * has.
 */
export function isPageAddress(
  { method, url, headers }: FastifyRequest,
  routes: readonly { readonly url: string }[],
): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const segment = firstSegment(url);
  return acceptsHtml(headers.accept) && !routes.some((route) => firstSegment(route.url) === segment);
}

export const acceptsHtml = (accept: string | undefined): boolean => accept?.includes('text/html') ?? false;

export const firstSegment = (url: string): string => url.split(/[/?]/, 2)[1] ?? '';
