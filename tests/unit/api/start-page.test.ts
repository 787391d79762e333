import { createHash } from 'node:crypto';
import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
beforeAll(async () => api.ready());
afterAll(() => api.close());

const get = (accept?: string, authorization?: string) =>
  api.inject({ url: '/', headers: { ...(accept && { accept }), ...(authorization && { authorization }) } });

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

test.each([undefined, '*/*', 'application/json'])('the address answers JSON to a request for %s', async (accept) => {
  const response = await get(accept, 'Bearer wrong');

  expect([response.statusCode, response.headers.vary]).toEqual([200, 'accept']);
  expect(response.json()).toMatchObject({
    name: 'tuningfork',
    version: '0.0.0-test',
    login: { method: 'POST', path: '/auth/login' },
    links: { documentation: '/docs', openapi: '/api-spec/openapi.json', health: '/health' },
  });
});

test('a browser gets a page that loads nothing', async () => {
  const response = await get(BROWSER);

  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(response.body).not.toMatch(/https?:\/\/|<script|src=/);
});

const digestOf = (page: string, element: string): string => {
  const [, text] = new RegExp(`<${element}[^>]*>(.*?)</${element}>`, 's').exec(page)!;
  return `'sha256-${createHash('sha256').update(text!).digest('base64')}'`;
};

test.each(['/', '/docs'])('the page %s is shown in no frame and runs only its own script', async (url) => {
  const { headers, body } = await api.inject({ url, headers: { accept: BROWSER } });

  expect(headers['x-content-type-options']).toBe('nosniff');
  const script = url === '/docs' ? digestOf(body, 'script') : "'none'";
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    ...["default-src 'none'", `script-src ${script}`, `style-src ${digestOf(body, 'style')}`, "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ]);
});

test('the JSON of the address is no other type either', async () => {
  expect((await get()).headers['x-content-type-options']).toBe('nosniff');
});

test('every link leads to a public route', async () => {
  const links = [...(await get(BROWSER)).body.matchAll(/href="([^"]+)"/g)].map(([, url]) => url!);

  const statuses = await Promise.all(links.map(async (url) => (await api.inject({ url })).statusCode));
  expect(links).toEqual(['/docs', '/api-spec/openapi.json', '/health', '/api/v1/capabilities']);
  expect(statuses).toEqual([200, 200, 200, 200]);
});
