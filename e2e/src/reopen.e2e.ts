import { expect, test } from '../test/fixtures.ts';
import { LabPage, labId, type Terminals } from '../test/lab-page.ts';

// Recording a trace takes as long as what is measured here.
test.use({ trace: 'off' });

/** In the page: the line above the prompt is this one. */
function screenEndsWith(wanted: string): boolean {
  const buffer = (window as unknown as Terminals).tatami?.terminals.get('1')?.buffer.active;
  const line = buffer?.getLine(buffer.baseY + buffer.cursorY - 1);
  return line?.translateToString(true) === wanted;
}

test('a tab that is opened again shows the same screen within a second', async ({
  page,
  lab,
  context,
}) => {
  await lab.open();
  await lab.type('1', 'seq 500; echo here\n');
  await lab.shows('1', /\nhere\n/);
  const took: number[] = [];
  // What else the host does only adds to it: the best of some says what it takes.
  for (let n = 0; n < 10 && Math.min(...took) >= 1000; n++) {
    const again = await context.newPage();
    const start = performance.now();
    await again.goto(`/labs/${labId}`, { waitUntil: 'commit' });
    await again.waitForFunction(screenEndsWith, 'here');
    took.push(performance.now() - start);
    expect(await new LabPage(again).text('1')).toMatch(/\n499\n500\nhere\nlearner@lab-host:~\$ $/);
    await again.close();
  }
  test.info().annotations.push({ type: 'ms', description: took.map(Math.round).join(' ') });
  expect(Math.min(...took)).toBeLessThan(1000);
  await page.bringToFront();
});
