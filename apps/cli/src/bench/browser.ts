import type { Browser } from 'playwright-core';

/** Debian's Chromium; the import waits until the packages are there. It ends with its scope. */
export async function openBrowser(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: false });
}
