import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Browser as RunningBrowser, chromium } from 'playwright-core';
import { atEnd } from '../support/scratch.ts';
import { type Browser, installBrowser } from './install-browser.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The machine's own Chrome or Chromium (`CHROME_PATH`, or from PATH), otherwise the one from npm. */
async function findBrowser(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executable = process.env.CHROME_PATH ?? [...onPath, MAC_CHROME].find(isExecutable);
  return executable === undefined ? await installBrowser() : { executable, env: {} };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** How long a page may take on a busy machine, where a window needs more than half a minute for its start. */
export const PAGE_PATIENCE_MS = 90_000;

/** Starts a browser without a window. Its profile is in the temporary folder and is removed when it closes. */
export async function launchBrowser(): Promise<RunningBrowser> {
  const { executable, env } = await findBrowser();
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return chromium.launch({
    executablePath: executable,
    env: { ...Object.fromEntries(inherited), ...env },
    headless: true,
    args: ['--disable-gpu'],
    // The caller closes it. Playwright's handlers would also end this process.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** How much of a page is printed when a test fails, in characters. */
const MAX_PAGE_TEXT = 5000;

/** Starts a browser for a test. If the test fails, the text of its pages is printed, which may show why. */
export async function openBrowser(t: TestContext): Promise<RunningBrowser> {
  const browser = await launchBrowser();
  atEnd(t, async () => {
    // The types do not have it yet.
    const { passed = true } = t as { readonly passed?: boolean };
    const pages = passed ? [] : browser.contexts().flatMap((context) => context.pages());
    for (const page of pages) {
      const text = await page.locator('body').innerText().catch(String);
      console.log(`The page when the test failed:\n${text.slice(0, MAX_PAGE_TEXT)}`);
    }
    await browser.close();
  });
  return browser;
}
