import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../test/fixtures.ts';
import { labId } from '../test/lab-page.ts';

/** Facts that an element of the page and all in it show. */
const factsOf = (page: Page, testId: string): Promise<string[]> =>
  page
    .getByTestId(testId)
    .locator('[data-facts]')
    .evaluateAll((elements) =>
      elements.flatMap((element) => element.getAttribute('data-facts')?.split('; ') ?? []),
    );

test('unshare grows an area, the card says its numbers, and the past can be gone back over', async ({
  page,
  lab,
}) => {
  await lab.open();
  await page.getByTestId('map-tab').click();
  const map = page.getByTestId('map');
  const rows = map.getByTestId('map-row');
  const shell = rows.filter({ hasText: '终端 1' });
  await expect(shell).toBeVisible();
  await lab.passQuickstart();
  await expect(map.getByTestId('map-told')).toContainText('终端 1：unshare 新建了');
  await expect(shell).toContainText('里面 1');

  await shell.focus();
  await page.keyboard.press('Enter');
  await expect(map.getByTestId('map-card')).toContainText('与机器不同');
  await page.keyboard.press('Escape');
  await expect(map.getByTestId('map-card')).toHaveCount(0);
  await page.keyboard.press('Home');
  await expect(page.locator('[data-item="machine"]')).toBeFocused();

  const drawn = await factsOf(page, 'map');
  await map.getByTestId('map-toggle-table').click();
  const listed = new Set(await factsOf(page, 'map-table'));
  expect(drawn.length).toBeGreaterThan(8);
  expect(drawn.filter((fact) => !listed.has(fact))).toEqual([]);
  await map.getByTestId('map-toggle-table').click();

  await map.getByTestId('map-slider').fill('0');
  await expect(map.getByTestId('map-past')).toBeVisible();
  await expect(rows.filter({ hasText: '里面 1' })).toHaveCount(0);
  await map.getByTestId('map-live').click();
  await expect(shell).toContainText('里面 1');

  // Evidence leads back to its moment.
  await map.getByTestId('map-close').click();
  const proof = lab.check('quickstart.pid1').locator('.proof');
  await proof.locator('summary').click();
  await proof.getByRole('button', { name: '在地图上看' }).click();
  await expect(map.getByTestId('map-past')).toBeVisible();
  // It stays open in the next visit.
  await page.reload();
  await expect(map).toBeVisible();
});

test('nsenter moves a process next to whose namespace it entered', async ({ page, lab }) => {
  await lab.open();
  await lab.openStep('03-nsenter');
  await page.getByTestId('map-tab').click();
  const map = page.getByTestId('map');
  await lab.type('1', 'docker run -d --name test-nginx nginx\n');
  await expect(map.getByTestId('map-area').filter({ hasText: '容器 test-nginx' })).toBeVisible();
  await page.getByTestId('terminal-tab-2').click();
  await lab.prompt('2');
  await lab.type('2', "sudo nsenter -n -t $(docker inspect -f '{{.State.Pid}}' test-nginx) bash\n");
  await expect(map.getByText('与 test-nginx 共用 net').first()).toBeAttached();
  await expect(map.getByTestId('map-told')).toContainText('nsenter 进入了 test-nginx 的 net');
  await page.getByTestId('on-map-container-test-nginx').click();
  await expect(map.locator('[data-pointed="true"]')).toContainText('nginx');
});

test('a drawing is saved as files that need nothing else', async ({ page, lab, context }) => {
  await lab.open();
  await page.getByTestId('map-tab').click();
  await expect(page.getByTestId('map-row').first()).toBeVisible();
  const saved = async (ending: string) => {
    const download = page.waitForEvent('download');
    await page.getByTestId(`map-save-${ending}`).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(
      new RegExp(`^tatami-map-${labId}-[\\dT-]+\\.${ending}$`),
    );
    return readFile(await file.path());
  };
  const svg = (await saved('svg')).toString();
  expect(svg).toContain('lab-host');
  expect(svg).not.toMatch(/var\(|url\(|href=|class=|<script|foreignObject|\son\w+=/);
  // It opens alone, asks for nothing, and shows what it showed here.
  const alone = await context.newPage();
  const asked: string[] = [];
  alone.on('request', (request) => asked.push(request.url()));
  const svgUrl = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await alone.goto(svgUrl);
  await expect(alone.locator('text', { hasText: 'lab-host' }).first()).toBeVisible();
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([]);
  await alone.close();

  const png = await saved('png');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const colours = await page.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context2d = canvas.getContext('2d');
      context2d?.drawImage(image, 0, 0);
      const pixels = context2d?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const found = new Set<number>();
      for (let n = 0; n < pixels.length; n += 4)
        found.add(((pixels[n] ?? 0) << 16) | ((pixels[n + 1] ?? 0) << 8) | (pixels[n + 2] ?? 0));
      return found.size;
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );
  expect(colours).toBeGreaterThan(10);
});

test('a reason points at the process that it speaks of, and a step at your shell', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.type('1', 'sudo unshare --pid --fork bash\n');
  const pointed = page.getByTestId('map').locator('[data-pointed="true"]');
  // Until the reason follows what was typed, it speaks of another shell.
  await expect(async () => {
    await lab.reason('quickstart.pid1').getByRole('button', { name: '在地图上看' }).click();
    await expect(pointed).toContainText('里面 1', { timeout: 1000 });
  }).toPass();
  await expect(pointed).toContainText('bash');
  await expect(pointed).toBeInViewport();
  await lab.type('1', 'exit\n');
  await lab.openStep('02-namespaces');
  await page.getByTestId('on-map-terminal-1').first().click();
  await expect(pointed).toContainText('终端 1');
  await expect(pointed).not.toContainText('里面');
});

test('a projector shows the same machine on a page of its own', async ({ lab, context }) => {
  await lab.open();
  const wall = await context.newPage();
  await wall.goto(`/labs/${labId}/map`);
  await expect(wall.getByTestId('map-row').filter({ hasText: '终端 1' })).toBeVisible();
  await lab.passQuickstart();
  await expect(wall.getByTestId('map-told')).toContainText('unshare');
  await wall.close();
});

test('the map opens as large as the window, and closes again beside the terminals', async ({
  page,
  lab,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await lab.open();
  await page.getByTestId('map-tab').click();
  const shell = page.getByTestId('map-row').filter({ hasText: '终端 1' });
  await expect(shell).toBeInViewport();
  await page.getByTestId('map-large').click();
  const dialog = page.getByRole('dialog', { name: '地图' });
  expect(await dialog.boundingBox()).toEqual({ x: 0, y: 0, width: 1280, height: 800 });
  await expect(shell).toBeInViewport();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(shell).toBeInViewport();
  await page.getByTestId('map-close').click();
  await expect(page.getByTestId('map')).toHaveCount(0);
  await expect(page.getByTestId('terminal-1')).toBeVisible();
});

test('a phone shows the map in place of the terminal', async ({ page, lab }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await lab.open();
  await page.getByTestId('map-tab').click();
  await expect(page.getByTestId('map-row').first()).toBeVisible();
  await expect(page.getByTestId('terminal-1')).toBeHidden();
  expect(
    await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ),
  ).toBe(0);
  await page.getByTestId('terminal-tab-1').click();
  await expect(page.getByTestId('terminal-1')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`the map keeps nobody out: ${colorScheme}`, async ({ page, lab }) => {
    await page.emulateMedia({ colorScheme });
    const violations = async () => {
      const { violations: found } = await new AxeBuilder({ page }).analyze();
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    };
    await lab.open();
    await lab.passQuickstart();
    await page.getByTestId('map-tab').click();
    await expect(page.getByTestId('map-row').filter({ hasText: '里面 1' })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.getByTestId('map-row').filter({ hasText: '里面 1' }).click();
    expect(await violations()).toEqual([]);
    await page.getByTestId('map-toggle-table').click();
    expect(await violations()).toEqual([]);
    await page.getByTestId('map-large').click();
    expect(await violations()).toEqual([]);
    await page.goto(`/labs/${labId}/map`);
    await expect(page.getByTestId('map-row').first()).toBeVisible();
    expect(await violations()).toEqual([]);
  });
