import type { Browser } from 'playwright-core';
import { type Figure, say } from '../targets.ts';
import { MapLearner } from './map-learner.ts';

/** The map and its table, in each scheme of colours, by the rules of axe. */
export async function measureAccess(browser: Browser, url: string): Promise<Figure> {
  const { AxeBuilder } = await import('@axe-core/playwright');
  say('Asking axe about the map ...');
  await using learner = await MapLearner.begin(browser, url);
  await learner.run('1', 'sudo unshare --pid --fork --mount-proc --net --uts bash');
  const found: string[] = [];
  let pages = 0;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const contrast of ['no-preference', 'more'] as const) {
      await learner.page.emulateMedia({ colorScheme, contrast });
      await learner.openMap();
      for (const view of ['map', 'table']) {
        if (view === 'table') await learner.page.getByTestId('map-toggle-table').click();
        // Its types name @playwright/test's Page, which is this one.
        const { violations } = await new AxeBuilder({ page: learner.page as never }).analyze();
        found.push(...violations.map(({ id }) => `${colorScheme} ${contrast} ${view}: ${id}`));
        pages++;
      }
    }
  for (const text of found) say(text);
  return { measured: found.length, n: pages };
}
