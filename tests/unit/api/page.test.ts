import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { buildApi } from '../../../platform/api/http/server';
import { directoryPage } from '../../../platform/api/page/directory-page';
import { ownPage } from '../../../platform/api/page/own-page';
import { ROUTES } from '../../../platform/api/routes';
import { repositoryRoot } from '../../../helpers/repository-root';
import { contextWithoutDatabase } from './context-without-database';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const own = buildApi({ ...contextWithoutDatabase, page: ownPage(repositoryRoot()) }, ROUTES);
const { name: directory, removeCallback } = dirSync({ unsafeCleanup: true });
writeFileSync(join(directory, 'index.html'), '<title>another client</title>');
writeFileSync(join(directory, '.secret'), 'hidden');
mkdirSync(join(directory, 'assets'));
writeFileSync(join(directory, 'assets', 'main file.js'), 'run();');
symlinkSync('/etc/passwd', join(directory, 'linked.txt'));
const other = buildApi({ ...contextWithoutDatabase, extensions: false, page: directoryPage(directory) }, ROUTES);
const none = buildApi({ ...contextWithoutDatabase, extensions: false }, ROUTES);
afterAll(async () => {
  await Promise.all([own.close(), other.close(), none.close()]);
  removeCallback();
});

const open = (url: string, accept = BROWSER) => own.inject({ url, headers: { accept } });

test.each(['*/*', 'application/json'])('the address returns JSON to a request for %s', async (accept) => {
  const response = await open('/', accept);

  expect([response.statusCode, response.headers.vary]).toEqual([200, 'accept']);
  expect(response.headers['x-content-type-options']).toBe('nosniff');
  expect(response.json()).toMatchObject({
    name: 'tuningfork',
    version: '0.0.0-test',
    login: { method: 'POST', path: '/auth/login' },
    links: { documentation: '/docs', openapi: '/api-spec/openapi.json', health: '/health' },
  });
});

test.each(['/', '/executions', '/executions/41?tab=log', '/no/such/place'])(
  'a browser is sent the page at %s',
  async (url) => {
    const { statusCode, headers, body } = await open(url);

    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(body).toContain('<div id="page">');
  },
);

test.each(['/api/v1/queue', '/auth/no-such', '/assets/page-0000000000000000.js', '/health/none'])(
  'a browser is sent no page at %s',
  async (url) => {
    const response = await open(url);

    expect([response.statusCode, response.body]).toEqual([404, '']);
  },
);

test('another method of an address of the page is answered 404', async () => {
  const response = await own.inject({ method: 'POST', url: '/executions', headers: { accept: BROWSER } });

  expect([response.statusCode, response.body]).toEqual([404, '']);
});

test('a program is answered 404 at an address of the page', async () => {
  expect((await open('/executions', 'application/json')).statusCode).toBe(404);
});

test('the page has no inline script, and loads its own files', async () => {
  const { headers, body } = await open('/');
  const files = [...body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);

  const loaded = await Promise.all(files.map((path) => open(path, '*/*')));

  expect(body).not.toMatch(/<style|<script[^>]*>[^<]|https?:\/\//);
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ]);
  expect(loaded.map((file) => [file.statusCode, file.headers['content-type']])).toEqual([
    [200, 'text/css; charset=utf-8'],
    [200, 'text/javascript; charset=utf-8'],
  ]);
  expect(loaded.every((file) => file.headers['cache-control'] === 'public, max-age=31536000, immutable')).toBe(true);
});

test('the documentation page runs its own script, and is shown in no frame', async () => {
  const { headers, body } = await open('/docs');
  const digestOf = (element: string): string => {
    const [, text] = new RegExp(`<${element}[^>]*>(.*?)</${element}>`, 's').exec(body)!;
    return `'sha256-${createHash('sha256').update(text!).digest('base64')}'`;
  };

  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(String(headers['content-security-policy']).split('; ')).toEqual([
    ...["default-src 'none'", `script-src ${digestOf('script')}`, `style-src ${digestOf('style')}`],
    ...["connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ]);
});

test.each([
  ['/', 200, '<title>another client</title>'],
  ['/packs/core', 200, '<title>another client</title>'],
  ['/assets/main%20file.js', 200, 'run();'],
  ['/.secret', 200, '<title>another client</title>'],
  ['/linked.txt', 200, '<title>another client</title>'],
  ['/api/v1/queue', 404, ''],
])('a directory with a built client is served at %s', async (url, status, body) => {
  const response = await other.inject({ url, headers: { accept: BROWSER } });

  expect([response.statusCode, response.body]).toEqual([status, body]);
  expect(response.headers['x-content-type-options'] ?? null).toBe(status === 200 ? 'nosniff' : null);
});

test('a file that the browser has is not sent again', async () => {
  const url = '/assets/main%20file.js';
  const { headers } = await other.inject({ url });

  const again = await other.inject({ url, headers: { 'if-none-match': String(headers.etag) } });

  expect([headers['content-type'], again.statusCode, again.body]).toEqual([
    'application/javascript; charset=utf-8',
    304,
    '',
  ]);
});

test('a platform without extensions has no page of its own', async () => {
  const response = await none.inject({ url: '/', headers: { accept: BROWSER } });

  expect(response.statusCode).toBe(404);
});
