import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dirSync } from 'tmp';
import { buildApi } from '../../../platform/api/http/server';
import { directoryPage } from '../../../platform/api/page/directory-page';
import { ownPage } from '../../../platform/api/page/own-page';
import { ROUTES } from '../../../platform/api/routes';
import { repositoryRoot } from '../../../helpers/repository-root';
import { SettingError } from '../../../platform/base/settings/values';
import { webDirectory } from '../../../platform/base/settings/web-directory';
import { contextWithoutDatabase } from './context-without-database';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const own = buildApi({ ...contextWithoutDatabase, page: ownPage(repositoryRoot()) }, ROUTES);
const NOTIFIER_PORT = 18_081;
const pageOf = (path: string, port = NOTIFIER_PORT) => directoryPage({ setting: '--web', path }, port);
const { name: directory, removeCallback } = dirSync({ unsafeCleanup: true });
writeFileSync(join(directory, 'index.html'), '<title>another client</title>');
writeFileSync(join(directory, '.secret'), 'hidden');
mkdirSync(join(directory, 'assets'));
writeFileSync(join(directory, 'assets', 'main file.js'), 'run();');
symlinkSync('/etc/passwd', join(directory, 'linked.txt'));
writeFileSync(join(directory, 'other.html'), '<title>another document</title>');
writeFileSync(join(directory, 'assets', 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
const other = buildApi({ ...contextWithoutDatabase, extensions: false, page: pageOf(directory) }, ROUTES);
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

const scriptWith = async (headers: Readonly<Record<string, string>>) => {
  const [, url] = /src="([^"]+)"/.exec((await open('/')).body)!;
  return own.inject({ url: url!, headers });
};

test.each(['gzip', 'gzip, deflate, br, zstd', 'br;q=1.0, GZIP;q=0.5'])(
  'a request that accepts %s is sent the script compressed',
  async (accepted) => {
    const plain = await scriptWith({});

    const { headers, rawPayload } = await scriptWith({ 'accept-encoding': accepted });

    expect([headers['content-encoding'], headers.vary]).toEqual(['gzip', 'accept-encoding']);
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(Number(headers['content-length'])).toBe(rawPayload.length);
    expect(rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
    expect(gunzipSync(rawPayload).equals(plain.rawPayload)).toBe(true);
  },
);

test.each(['', 'identity', 'br', 'gzip;q=0', 'gzip; q=0.000'])(
  "a request that accepts '%s' is sent the script as it is",
  async (accepted) => {
    const { headers, body } = await scriptWith({ 'accept-encoding': accepted });

    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, 'accept-encoding']);
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body));
  },
);

test('the script varies by origin too where the origin is allowed', async () => {
  const { headers } = await scriptWith({ origin: 'http://localhost:3000' });

  expect(headers.vary).toBe('Origin, accept-encoding');
});

test('the documentation page runs its own script alone, and is in no frame', async () => {
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

/** A directory of a client, with more files; it is removed after the test. */
function clientWith(paths: readonly string[]): string {
  const { name, removeCallback: remove } = dirSync({ unsafeCleanup: true });
  removals.push(remove);
  for (const path of ['index.html', ...paths]) {
    mkdirSync(dirname(join(name, path)), { recursive: true });
    writeFileSync(join(name, path), `text of ${path}`);
  }
  return name;
}
const removals: (() => void)[] = [];
afterEach(() => removals.splice(0).forEach((remove) => remove()));

const buildClient = (path: string, port?: number) =>
  buildApi({ ...contextWithoutDatabase, page: pageOf(path, port) }, ROUTES);

test.each([
  ['health', 'health'],
  ['docs', 'docs'],
  ['api/v1/packs/core', 'api'],
  ['auth/any', 'auth'],
  ['api-spec/openapi.json', 'api-spec'],
])('a client with the file %s is refused', async (file, segment) => {
  const path = clientWith(['assets/main.js', file]);
  const api = buildClient(path);

  const rejection: unknown = await api.ready().then(
    () => null,
    (error: unknown) => error,
  );

  expect(rejection).toEqual(
    new SettingError('--web', path, `a directory without ${file}: /${segment} is an address of the API`),
  );
  expect(rejection).toBeInstanceOf(SettingError);
});

test.each([
  ['a file', 'assets/main.js', 'assets/main.js'],
  ['a directory', 'assets', 'assets/main.js'],
])('a link that replaces %s after the start is not followed', async (_what, replaced, file) => {
  const path = clientWith(['assets/main.js']);
  const elsewhere = clientWith(['main.js']);
  const api = buildClient(path);
  const before = await api.inject(`/${file}`);

  renameSync(join(path, replaced), join(path, 'earlier'));
  symlinkSync(replaced === file ? join(elsewhere, 'main.js') : elsewhere, join(path, replaced));
  const after = await api.inject(`/${file}`);
  await api.close();

  expect([before.statusCode, after.statusCode, after.body]).toEqual([200, 404, '']);
});

test('a link that replaces the document after the start is not followed', async () => {
  const path = clientWith([]);
  const api = buildClient(path);

  renameSync(join(path, 'index.html'), join(path, 'earlier'));
  symlinkSync('/etc/passwd', join(path, 'index.html'));
  const { statusCode, body } = await api.inject({ url: '/', headers: { accept: BROWSER } });
  await api.close();

  expect(statusCode).toBe(500);
  expect(body).not.toContain('root:');
});

test('a removed file is answered 404', async () => {
  const path = clientWith(['main.js']);
  const api = buildClient(path);

  renameSync(join(path, 'main.js'), join(path, 'earlier'));
  const { statusCode, body } = await api.inject('/main.js');
  await api.close();

  expect([statusCode, body]).toEqual([404, '']);
});

test('a client in a linked directory is served', async () => {
  const link = join(clientWith([]), 'linked');
  symlinkSync(clientWith(['main.js']), link);
  const api = buildClient(link);

  const { statusCode, body } = await api.inject('/main.js');
  await api.close();

  expect([statusCode, body]).toEqual([200, 'text of main.js']);
});

test('a directory whose document is a link is refused', () => {
  const path = clientWith(['earlier']);
  renameSync(join(path, 'index.html'), join(path, 'other.html'));
  symlinkSync('other.html', join(path, 'index.html'));

  expect(() => webDirectory('--web', path)).toThrow(
    `--web=${path} is not usable: give a directory with an index.html that is no link`,
  );
});

const policyOf = async (api: typeof other, url: string, host = 'platform.test:8080') => {
  const { headers } = await api.inject({ url, headers: { accept: BROWSER, host } });
  return headers['content-security-policy'] ?? null;
};

test('HTML and SVG files of a client have the policy of its document', async () => {
  const policy = await policyOf(other, '/');
  const policies = ['/other.html', '/assets/logo.svg', '/assets/main%20file.js'].map((url) => policyOf(other, url));

  expect(String(policy).split('; ')).toEqual([
    ...[
      "default-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
    ],
    "worker-src 'self' blob:",
    "connect-src 'self' ws://platform.test:18081 http://platform.test:18081",
    ...["base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"],
  ]);
  expect(await Promise.all(policies)).toEqual([policy, policy, null]);
});

test.each([
  ['127.0.0.1:8080', "connect-src 'self' ws://127.0.0.1:18081 http://127.0.0.1:18081"],
  ['localhost', "connect-src 'self' ws://localhost:18081 http://localhost:18081"],
  ['[::1]:8080', "connect-src 'self'"],
  ['*:8080', "connect-src 'self'"],
  ["a; script-src 'unsafe-inline'", "connect-src 'self'"],
])('a client at the host %s may connect to its notifier alone', async (host, expected) => {
  const policy = await policyOf(other, '/', host);

  expect(String(policy).split('; ')[5]).toBe(expected);
});

test('a client may connect to the API alone where no notifier runs', async () => {
  const api = buildClient(clientWith([]), 0);

  const policy = await policyOf(api, '/');
  await api.close();

  expect(String(policy).split('; ')[5]).toBe("connect-src 'self'");
});

test('a platform without extensions has no page of its own', async () => {
  const response = await none.inject({ url: '/', headers: { accept: BROWSER } });

  expect(response.statusCode).toBe(404);
});
