import type { Page } from '@playwright/test';
import type { MapPicture, NamespaceKind } from '@tatami/protocol';
import { at, Film, recorded } from '../test/film.ts';
import { expect, test } from '../test/fixtures.ts';

const firstInode = 9_000_000_000;

/** A namespace that nobody was in before. @returns its inode. */
function made(picture: MapPicture, kind: NamespaceKind, n: number, hostname: string | null = null) {
  const inode = firstInode + n;
  picture.namespaces.push({ kind, inode, machine: false, hostname, heldAt: null });
  return inode;
}

/** A process like the shell of terminal 1, younger than all that was recorded. */
function begun(picture: MapPicture, n: number, command: string) {
  const shell = at(picture, '1');
  const process = {
    ...{ ...shell, ns: { ...shell.ns }, id: `${1000 + n}.${firstInode + n}`, pids: [1000 + n] },
    ...{ parent: shell.id, command, terminals: [] as string[] },
  };
  picture.processes.push(process);
  return process;
}

interface Moved {
  item: string;
  grows: boolean;
}
type Noting = typeof globalThis & { moved: Moved[]; faded: number };

/** Notes what the page sets in motion from here on. */
const noteMotion = (page: Page) =>
  page.addInitScript(() => {
    const noting = globalThis as Noting;
    noting.moved = [];
    noting.faded = 0;
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (...args) {
      const item = this.getAttribute('data-item');
      if (item) noting.moved.push({ item, grows: JSON.stringify(args[0]).includes('opacity') });
      return animate.apply(this, args);
    };
    new MutationObserver((records) => {
      for (const { addedNodes, target } of records)
        if (target instanceof Element && target.classList.contains('map-leaving'))
          noting.faded += addedNodes.length;
    }).observe(document, { childList: true, subtree: true });
  });
const motion = (page: Page) =>
  page.evaluate(() => {
    const { moved, faded } = globalThis as Noting;
    return { moved: moved.splice(0), faded };
  });

/** unshare(2) in terminal 1, setns(2) in terminal 2, and both back out, with what moved at each. */
async function playAll(page: Page) {
  const film = await Film.open(page, recorded('plain'));
  const machineUts = at(film.picture, '1').ns.uts;
  const [shell, other] = [at(film.picture, '1').id, at(film.picture, '2').id];
  await motion(page);
  const moment = async (change: (picture: MapPicture) => void) => {
    film.show(change);
    await film.shown();
    return motion(page);
  };
  const unshare = await moment((picture) => {
    at(picture, '1').ns.uts = made(picture, 'uts', 1, 'mine');
  });
  const nsenter = await moment((picture) => {
    at(picture, '2').ns.uts = firstInode + 1;
  });
  const exit = await moment((picture) => {
    for (const terminal of ['1', '2']) at(picture, terminal).ns.uts = machineUts;
    picture.namespaces = picture.namespaces.filter(({ inode }) => inode !== firstInode + 1);
  });
  return { unshare, nsenter, exit, shell, other, area: `uts:${firstInode + 1}` };
}

test('unshare grows an area, nsenter moves a process across, and exit lets it fade', async ({
  page,
}) => {
  await noteMotion(page);
  const { unshare, nsenter, exit, shell, other, area } = await playAll(page);
  expect(unshare.moved).toContainEqual({ item: area, grows: true });
  expect(unshare.moved).toContainEqual({ item: shell, grows: false });
  expect(nsenter.moved).toContainEqual({ item: other, grows: false });
  expect(exit.faded).toBe(unshare.faded + 1);
  await expect(page.locator('.map-leaving g')).toHaveCount(0);
});

test('whoever wants no motion gets none', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await noteMotion(page);
  const { unshare, nsenter, exit } = await playAll(page);
  expect([...unshare.moved, ...nsenter.moved, ...exit.moved]).toEqual([]);
  expect(exit.faded).toBe(0);
});

test('the map says what it leaves out, and since when nobody can look', async ({ page }) => {
  const film = await Film.open(page, recorded('unshare-fork'));
  const map = page.getByTestId('map');
  await expect(map.getByTestId('map-cut')).toHaveCount(0);
  film.show((picture) => {
    picture.cut = true;
  });
  await expect(map.getByTestId('map-cut')).toContainText('500');
  film.stale();
  const stale = map.getByTestId('map-stale');
  await expect(stale).toHaveAttribute('role', 'alert');
  await expect(stale).toContainText(/\d:\d\d:\d\d/);
  await expect(map.getByTestId('map-row').filter({ hasText: '终端 1' })).toBeVisible();
  film.show(() => undefined);
  await expect(stale).toHaveCount(0);
});

/** Several times what it takes on two busy cores; of the rounds' middle one, for a busy machine stands still at times. */
const slowFrameMs = 300;

/** Measures from here on the longest time between two frames, which is told and forgotten. */
const noteFrames = async (page: Page): Promise<() => Promise<number>> => {
  await page.evaluate(() => {
    const noting = globalThis as typeof globalThis & { longest: number };
    noting.longest = 0;
    let before = performance.now();
    const frame = (now: number) => {
      noting.longest = Math.max(noting.longest, now - before);
      before = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  return () =>
    page.evaluate(() => {
      const noting = globalThis as typeof globalThis & { longest: number };
      const { longest } = noting;
      noting.longest = 0;
      return longest;
    });
};

test('five hundred processes, and namespaces made and dropped in a loop, leave it calm and quick', async ({
  page,
}) => {
  const film = await Film.open(page, recorded('plain'));
  const map = page.getByTestId('map');
  film.show((picture) => {
    for (let n = 0; n < 100; n++) {
      const process = begun(picture, n, 'sleep 1000');
      process.ns.net = made(picture, 'net', n);
    }
    for (let n = 100; n < 490; n++) begun(picture, n, `program-${n % 70} ${n}`);
    picture.cut = true;
  });
  await film.shown();
  // With the simulated internet's.
  const fold = map.getByTestId('map-row').filter({ hasText: '101 个区域' });
  await expect(fold).toContainText('net');
  expect(await map.getByTestId('map-row').count()).toBeLessThan(25);
  expect(await map.getByTestId('map-area').count()).toBeLessThan(4);

  const longestFrame = await noteFrames(page);
  const longest: number[] = [];
  for (let round = 0; round < 20; round++) {
    film.show((picture) => {
      picture.processes = picture.processes.filter(({ command }) => command !== 'loop');
      picture.namespaces = picture.namespaces.filter(({ inode }) => inode < firstInode + 1000);
      begun(picture, 2000 + round, 'loop').ns.uts = made(picture, 'uts', 2000 + round);
    });
    await film.shown();
    longest.push(await longestFrame());
  }
  expect(longest.sort((a, b) => a - b)[10]).toBeLessThan(slowFrameMs);

  await fold.click();
  await expect(fold).toContainText('77 个未画出');
  await expect(map.getByTestId('map-area')).toHaveCount(26);
  await map.getByTestId('map-toggle-table').click();
  expect(await map.locator('[data-facts$=" kind net"]').count()).toBe(102);
});

const hostile = [
  ['right to left', 'שלום עולם'],
  ['an override', 'a\u202eb\u2066c'],
  ['control characters', 'x\u0007\u001b[31m\u0000y'],
  ['a long one', 'W'.repeat(100)],
  ['piled marks', `Z${'\u0335\u0310\u0327'.repeat(30)}`],
  ['a wide ligature', '﷽'.repeat(20)],
] as const;

for (const [what, name] of hostile)
  test(`a name stays in its box and in its order: ${what}`, async ({ page }) => {
    const picture = recorded('plain');
    const shell = at(picture, '1');
    shell.ns.uts = made(picture, 'uts', 1, name);
    shell.command = name.replaceAll(' ', '');
    const net = made(picture, 'net', 2);
    const held = picture.namespaces.find(({ inode }) => inode === net);
    if (held) held.heldAt = `/run/netns/${name}`;
    await Film.open(page, picture);
    const texts = page.locator('.map-drawing [data-item] text');
    const places = await texts.evaluateAll((all) =>
      all.map((one) => {
        const text = one as SVGTextElement;
        const box = text.closest('[data-item]')?.querySelector('rect')?.getBBox();
        // What is longer than its window is cut there.
        const window = text.closest<SVGSVGElement>('svg:not(.map-drawing)');
        const { x, y, width, height } = window
          ? {
              ...{ x: window.x.baseVal.value, width: window.width.baseVal.value },
              ...{ y: window.y.baseVal.value, height: window.height.baseVal.value },
            }
          : text.getBBox();
        const cuts = !window || getComputedStyle(window).overflow === 'hidden';
        const isIn = box && x >= 0 && y >= 0 && x + width <= box.width && y + height <= box.height;
        return { text: text.textContent, ok: Boolean(cuts && isIn) };
      }),
    );
    expect(places.length).toBeGreaterThan(8);
    expect(places.filter(({ ok }) => !ok)).toEqual([]);
    expect(
      await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      ),
    ).toBe(0);
    const shown = await page.getByTestId('map').innerText();
    for (const hidden of ['\u202e', '\u2066', '\u0000', '\u0007', '\u001b'])
      expect(shown).not.toContain(hidden);
  });

test('what follows a name that runs from right to left stays behind it', async ({ page }) => {
  const picture = recorded('plain');
  const process = begun(picture, 1, 'שלום');
  process.ns.uts = made(picture, 'uts', 1);
  await page.addInitScript(() => localStorage.setItem('tatami.language', 'en'));
  await Film.open(page, picture);
  const title = page.locator('.map-name', { hasText: '1001' });
  const order = await title.evaluate((text: SVGTextElement) => {
    const all = text.textContent ?? '';
    const left = (character: string) => text.getExtentOfChar(all.indexOf(character)).x;
    return { first: left('ש'), last: left('ם'), bracket: left('('), digit: left('1') };
  });
  expect(order.last).toBeLessThan(order.first);
  expect(order.bracket).toBeGreaterThan(order.first);
  expect(order.digit).toBeGreaterThan(order.bracket);
});

test('the keyboard alone reaches each thing, its card and the time', async ({ page }) => {
  const film = await Film.open(page, recorded('nsenter-net'));
  film.show((picture) => {
    begun(picture, 1, 'sleep 5');
  });
  await film.shown();
  const map = page.getByTestId('map');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-item'));
  const tabTo = async (is: () => Promise<boolean>) => {
    for (let presses = 0; presses < 30 && !(await is()); presses++)
      await page.keyboard.press('Tab');
    expect(await is()).toBe(true);
  };
  await tabTo(async () => (await focused()) === 'machine');
  const wanted = await map
    .locator('[data-item]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-item')));
  const reached = [await focused()];
  for (let n = 1; n < wanted.length; n++) {
    await page.keyboard.press('ArrowDown');
    reached.push(await focused());
  }
  expect(reached).toEqual(wanted);
  await page.keyboard.press('Enter');
  await expect(map.getByTestId('map-card')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(map.getByTestId('map-card')).toHaveCount(0);
  const slider = map.getByTestId('map-slider');
  await tabTo(() => slider.evaluate((one) => one === document.activeElement));
  await page.keyboard.press('ArrowLeft');
  await expect(map.getByTestId('map-past')).toBeVisible();
  await page.keyboard.press('End');
  await expect(map.getByTestId('map-past')).toHaveCount(0);
});

test('with colours taken away a kind still has its sign and its name, and what is shared its dashes', async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await Film.open(page, recorded('nsenter-net'));
  const chips = await page.locator('.map-chip').evaluateAll((all) =>
    all.map((chip) => {
      const style = (name: string) => getComputedStyle(chip.querySelector(name) ?? chip);
      return {
        kind: chip.getAttribute('data-kind'),
        shared: chip.getAttribute('data-shared'),
        name: chip.querySelector('text')?.textContent,
        sign: chip.querySelector('.map-glyph')?.getAttribute('d'),
        colour: style('.map-glyph').stroke,
        paper: style('rect').fill,
        dashes: style('rect').strokeDasharray,
      };
    }),
  );
  const kinds = new Set(chips.map(({ kind }) => kind));
  expect(kinds.size).toBeGreaterThan(4);
  expect(new Set(chips.map(({ sign }) => sign)).size).toBe(kinds.size);
  for (const { kind, name, colour, paper, shared, dashes } of chips) {
    expect(name).toBe(kind);
    expect(colour).not.toBe(paper);
    expect(dashes !== 'none').toBe(shared === 'true');
  }
  expect(new Set(chips.map(({ colour }) => colour)).size).toBe(1);
});
