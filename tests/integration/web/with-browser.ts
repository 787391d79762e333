import type { Browser, Page } from 'playwright-core';
import type { RunningPlatform } from '../../../contract/platform-file';
import { logIn, type Client } from '../../../helpers/client/client';
import { launchBrowser } from '../../../tools/bench/launch-browser';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';

/** Width of the window, px. */
export interface View {
  readonly width: number;
  readonly theme: 'light' | 'dark';
}

const DESKTOP: View = { width: 1_280, theme: 'light' };

/** A platform, and a browser that shows its page. */
export interface BrowserOfPlatform {
  readonly platform: () => RunningPlatform;
  readonly client: () => Client;
  /** Opens an address of the page in a new window, without a log-in. */
  open(path: string, view?: View): Promise<Page>;
  /** The same, logged in as the first administrator. */
  openLoggedIn(path: string, view?: View): Promise<Page>;
  /** What the test expects to have gone wrong until now: `401 /auth/me`. */
  takeFaults(): readonly string[];
  /** Ends the platform and starts another one on its data and port. */
  restart(): Promise<void>;
}

/**
 * Starts both for the tests of a file. After each test no page may have thrown, or have received a
 * response with an error. `host`: a name that the browser shall open the page by, without HTTPS.
 */
export function withBrowser(args: readonly string[] = [], host?: string): BrowserOfPlatform {
  let started: Started | undefined;
  const faults: string[] = [];
  const current = (): Started => {
    if (!started) throw new Error('the platform was not started');
    return started;
  };
  const rules = host === undefined ? [] : [`--host-resolver-rules=MAP ${host} 127.0.0.1`];
  beforeAll(async () => {
    started = { ...(await startPlatform(['--port', '0', ...args])), browser: await launchBrowser(rules) };
  });
  afterEach(async () => {
    await Promise.all(
      current()
        .browser.contexts()
        .map((context) => context.close()),
    );
    expect(faults.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await started?.browser.close();
    if (started) await stop(started.cli);
  });

  const open: BrowserOfPlatform['open'] = async (path, { width, theme } = DESKTOP) => {
    const { browser, platform } = current();
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme });
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('dialog', (dialog) => faults.push(`dialog ${dialog.message()}`));
    page.on('response', (response) => {
      if (response.status() >= 400) faults.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    const address = new URL(path, platform.url);
    if (host !== undefined) address.hostname = host;
    await page.goto(address.href);
    return page;
  };
  return {
    platform: () => current().platform,
    client: () => current().client,
    open,
    openLoggedIn: async (path, view) => {
      const page = await open(path, view);
      const { platform, password } = current();
      await page.getByLabel('Login').fill(platform.login);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('navigation', { name: 'Pages' }).waitFor();
      return page;
    },
    takeFaults: () => faults.splice(0),
    restart: async () => {
      const { cli, platform, password } = current();
      await stop(cli);
      const next = await startPlatform(['--port', new URL(platform.url).port, ...args], password);
      started = { ...current(), ...next };
    },
  };
}

interface Started {
  readonly cli: CliProcess;
  readonly platform: RunningPlatform;
  /** Of the first administrator: only its first start prints it. */
  readonly password: string;
  readonly client: Client;
  readonly browser: Browser;
}

async function startPlatform(args: readonly string[], known?: string): Promise<Omit<Started, 'browser'>> {
  const cli = spawnCli(['up', '--json', '--exit-with-stdin', '--notifier-port', '0', ...args]);
  const platform = await waitForReady(cli);
  const password = known ?? platform.password!;
  const { client } = await logIn({ baseUrl: platform.url }, platform.login, password);
  return { cli, platform, password, client };
}

async function stop(cli: CliProcess): Promise<void> {
  cli.stdin.end();
  await waitForExit(cli);
}
