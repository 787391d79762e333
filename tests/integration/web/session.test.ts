import { withBrowser } from './with-browser';

const browser = withBrowser();

/** What a script of the page could read, and send elsewhere. */
const READABLE = '[document.cookie, localStorage.length, sessionStorage.length]';

test('a log-in leaves nothing but a cookie that no script can read', async () => {
  const page = await browser.openLoggedIn('/executions');

  expect(await page.evaluate(READABLE)).toEqual(['', 0, 0]);
  const cookies = await page.context().cookies(new URL('/auth/session', page.url()).href);
  expect(cookies.map(({ httpOnly, sameSite, path, secure }) => ({ httpOnly, sameSite, path, secure }))).toEqual([
    { httpOnly: true, sameSite: 'Strict', path: '/auth/session', secure: false },
  ]);
});

test('no request but those of the session carries the cookie', async () => {
  const page = await browser.openLoggedIn('/executions');
  const sent = new Map<string, boolean>();
  page.on('request', (request) => {
    void request.allHeaders().then(({ cookie }) => sent.set(new URL(request.url()).pathname, cookie !== undefined));
  });

  await page.reload();
  await page.getByRole('heading', { name: 'Executions' }).waitFor();
  await page.getByText('Nothing has run yet').waitFor();

  expect([...sent].filter(([, hasCookie]) => hasCookie)).toEqual([['/auth/session/renew', true]]);
  expect([...sent.keys()]).toContain('/api/v1/executions');
});

test('a reload keeps the session; the log-out ends it for a copied cookie', async () => {
  const page = await browser.openLoggedIn('/executions');
  await page.reload();
  await page.getByRole('heading', { name: 'Executions' }).waitFor();
  const copy = await page.context().cookies(new URL('/auth/session', page.url()).href);

  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();

  expect(await page.context().cookies(new URL('/auth/session', page.url()).href)).toEqual([]);
  expect(await page.evaluate(READABLE)).toEqual(['', 0, 0]);
  await page.context().addCookies(copy);
  await page.reload();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  expect(browser.takeFaults().filter((fault) => fault !== '401 /auth/session/renew')).toEqual([]);
});

test('the page runs its own script alone', async () => {
  const page = await browser.open('/');
  const response = await page.reload();
  const policy = new Map(
    response!
      .headers()
      ['content-security-policy']!.split(';')
      .map((directive): [string, string[]] => {
        const [name = '', ...sources] = directive.trim().split(/\s+/);
        return [name, sources];
      }),
  );

  expect(policy.get('script-src') ?? policy.get('default-src')).toEqual(["'self'"]);
  expect(await page.locator('script:not([src])').count()).toBe(0);
  await page.evaluate(`{
    const inline = document.createElement('script');
    inline.textContent = 'window.hasRun = true';
    document.head.append(inline);
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.hasRun = true">');
  }`);
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  expect(await page.evaluate('window.hasRun')).toBeUndefined();
});
