import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { dirSync } from 'tmp';
import { bundlePageSync } from '../../../bin/bundle-page';
import { repositoryRoot } from '../../../helpers/repository-root';
import { htmlReport, REPORT_PAGE } from '../../../helpers/run-report/html-report';
import type { RunModel } from '../../../helpers/run-report/run-model';
import { launchBrowser } from '../../../tools/bench/launch-browser';
import type { View } from './with-browser';

/** Every size and theme that a report is read in. */
export const VIEWS: readonly View[] = [1_280, 400].flatMap((width) => [
  { width, theme: 'light' as const },
  { width, theme: 'dark' as const },
]);

/** Reports in files, and a browser that shows them. */
export interface WrittenReports {
  /** Opens a run in a new window, by default wide and light. */
  open(run: RunModel, view?: View, anchor?: string): Promise<Page>;
  /** Closes all windows. Returns what failed in them. */
  close(): Promise<string[]>;
  end(): Promise<void>;
}

export async function writtenReports(): Promise<WrittenReports> {
  const directory = dirSync({ unsafeCleanup: true });
  const browser: Browser = await launchBrowser();
  const faults: string[] = [];
  return {
    open: async (run, { width, theme } = VIEWS[0]!, anchor = '') => {
      const path = join(directory.name, 'report.html');
      writeFileSync(path, htmlReport(run, bundlePageSync(repositoryRoot(), REPORT_PAGE)));
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
      page.on('pageerror', ({ message }) => faults.push(message));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      await page.goto(pathToFileURL(path).href + anchor);
      return page;
    },
    close: async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      return faults.splice(0);
    },
    end: async () => {
      await browser.close();
      directory.removeCallback();
    },
  };
}
