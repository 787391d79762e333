import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

const CHROMIUM = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map(
  (name) => `/usr/bin/${name}`,
);

/** Starts the browser of `E2E_CHROMIUM`, else one of the system. Throws where there is none. */
export async function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.E2E_CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      `no browser at ${CHROMIUM.join(', ')}: install chromium-headless-shell, or give a path in E2E_CHROMIUM`,
    );
  const { chromium } = await import('playwright-core'); // only the project itself has it
  return chromium.launch({ executablePath, chromiumSandbox: false, args: [...args] });
}
