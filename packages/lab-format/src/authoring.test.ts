import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lint, threeLanguages } from '../test/lab-folder.ts';

const page = readFileSync(new URL('../../../docs/authoring-labs.md', import.meta.url), 'utf8');
const lab = '05-first-look';
const hinted = `    text: Mount a tmpfs on /mnt so that only your own shell sees it\n`;

/** Fenced blocks in their order, with the file that each is the text of, if any. */
const blocks = [...page.matchAll(/(?:^`(\S+)`\n\n)?^(`{3,4})(\w*)\n([\s\S]*?)^\2$/gm)].map(
  ([, path, , kind, text = '']) => ({ path, kind, text }),
);

test('who follows docs/authoring-labs.md is told what the page says', async () => {
  const files: Record<string, string | undefined> = { ...threeLanguages };
  const kept = { ...threeLanguages };
  let lints = 0;
  for (const { path, kind, text } of blocks) {
    if (path) files[`${lab}/${path}`] = text;
    for (const [, removed] of text.matchAll(/\/srv\/labs\/(\S+\.md)/g))
      files[`${removed}`] = undefined;
    if (kind === 'yaml' && text.startsWith('    hints:'))
      for (const [name, prose] of Object.entries(files))
        files[name] = prose?.replace(hinted, hinted + text);
    // "is the one that `lab new` wrote".
    if (path === 'lab.yaml' && text.includes('languages: [en, ja]'))
      files[`${lab}/steps/00-hostname/ja.md`] = kept[`${lab}/steps/00-hostname/ja.md`];
    if (!text.startsWith('$ npm run -s tatami -- lab lint')) continue;
    lints += 1;
    const faults = (await lint(files)).map(
      ({ file, line, reason }) => `${file}:${line}: ${reason}`,
    );
    const closing = `${faults.length} fault${faults.length === 1 ? '' : 's'} in 1 lab`;
    expect(text.trimEnd().split('\n').slice(1)).toEqual([...faults, closing]);
  }
  expect(lints).toBe(5);
});
