import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MapEvent } from '@tatami/protocol';
import { mustRun } from '@tatami/sandbox';
import type { Browser, Page } from 'playwright-core';
import { cloneRoot } from '../../paths.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { UserError } from '../../user-error.ts';
import { openBrowser } from '../browser.ts';
import { Product } from '../judge/product.ts';
import { say } from '../targets.ts';
import { lab } from './map-learner.ts';
import { situationText } from './situation-text.ts';
import { pictureName, readSituations, type Scheme, type Situation, schemes } from './situations.ts';

/** Of the page; all pictures have one size. */
const viewport = { width: 1280, height: 900 };
/** A drawing has few colours, and the edges of its letters. */
const mostColours = 64;

/**
 * Draws each recorded situation as the product shows it on the map's own page, light and dark, and prints
 * what docs/map.md says of it. Its numbers are the recorded ones: the page is sent what was recorded.
 * @throws UserError when it could not run.
 */
export async function mapPictures(folder: string): Promise<void> {
  requireRoot();
  await installDebianPackages([...runtimePackages, 'chromium', 'pngquant']);
  await mkdir(folder, { recursive: true });
  await using product = await Product.start({
    seats: 1,
    writeLabs: (dir) => cp(join(cloneRoot, 'labs'), dir, { recursive: true }),
  });
  await using browser = await openBrowser();
  try {
    for (const situation of await readSituations(cloneRoot)) {
      for (const scheme of schemes) {
        const path = join(folder, pictureName(situation, scheme));
        say(`Drawing ${path} ...`);
        await draw(browser, product.url, situation, scheme, path);
      }
      process.stdout.write(`${situationText(situation)}\n`);
    }
  } catch (cause) {
    throw new UserError(`the pictures could not be drawn: ${(cause as Error).message}`, { cause });
  }
}

async function draw(
  browser: Browser,
  url: string,
  { picture }: Situation,
  colorScheme: Scheme,
  path: string,
): Promise<void> {
  const context = await browser.newContext({
    ...{ viewport, colorScheme, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' },
  });
  const page = await context.newPage();
  const past: MapEvent = { type: 'past', picture, changes: [] };
  await page.routeWebSocket(new RegExp(`/api/labs/${lab}/map$`), (socket) =>
    socket.send(JSON.stringify(past)),
  );
  await page.goto(`${url}/labs/${lab}/map`);
  await page.getByTestId('map-row').first().waitFor();
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  await page.screenshot({ path, clip: await mapAlone(page) });
  await context.close();
  const palette = ['--force', '--strip', '--speed', '1', '--output', path];
  await mustRun('pngquant', [...palette, String(mostColours), path]);
}

/** The drawing and what was done, without the page's buttons. */
async function mapAlone(page: Page) {
  const drawing = await page.locator('.map-stage').boundingBox();
  const told = await page.getByTestId('map-told').boundingBox();
  if (!drawing || !told) throw new Error('the page shows no map');
  const { width } = viewport;
  return { x: 0, y: drawing.y, width, height: told.y + told.height - drawing.y + bottomPx };
}
const bottomPx = 6;
