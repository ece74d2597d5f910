import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lintLabs } from '../src/lint/index.ts';
import { loadLabs } from '../src/loader.ts';

const page = readFileSync(new URL('../../../docs/lab-format.md', import.meta.url), 'utf8');

/** The files of the example in docs/lab-format.md by path, relative to the labs folder. */
export const example: Record<string, string> = Object.fromEntries(
  [...page.matchAll(/^`(\S+)`\n\n(`{3,4})\w+\n([\s\S]*?)^\2$/gm)].map(([, path, , text]) => [
    `05-first-look/${path}`,
    text ?? '',
  ]),
);

const step = '05-first-look/steps/00-hostname';
const section = page.slice(page.indexOf('## Faults'), page.indexOf('## Prose'));
const [faults = '', check = ''] = [...section.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => text,
);

/** The example with the faults of the page, and the check that draws one. */
export const faulty: Record<string, string> = {
  ...example,
  [`${step}/faults.yaml`]: faults,
  [`${step}/step.yaml`]: `${example[`${step}/step.yaml`]}${check}`,
  [`${step}/en.md`]: `${example[`${step}/en.md`]}`.replace(
    'checklist:',
    'checklist:\n  service.cause:\n    text: Name what ails the shop, and mend it if you can',
  ),
};

const quizSection = page.slice(page.indexOf('## Quizzes'), page.indexOf('## Mistakes'));
const [quiz = '', pool = '', words = ''] = [
  ...quizSection.matchAll(/^```yaml\n([\s\S]*?)^```$/gm),
].map(([, text]) => text);

/** The example with the quiz of the page. */
export const quizzed: Record<string, string> = {
  ...example,
  [`${step}/step.yaml`]: `${example[`${step}/step.yaml`]}${quiz}`,
  [`${step}/quiz.yaml`]: pool,
  [`${step}/en.md`]: `${example[`${step}/en.md`]}`.replace('checklist:\n', words),
};

const template = new URL('../../../apps/cli/src/lab/template/', import.meta.url);

/** The lesson that `tatami lab new` writes: one step in three languages. */
export const threeLanguages: Record<string, string> = Object.fromEntries(
  readdirSync(template, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name))
    .map((name) => [
      `05-first-look/${name}`,
      readFileSync(new URL(name, template), 'utf8')
        .replace('__ID__', '05-first-look')
        .replace('__ORDER__', '5'),
    ]),
);

export type Files = Record<string, string | Uint8Array | undefined>;

/** Loads a real folder of these files; `undefined` leaves a file out. */
export const load = (files: Files) => inFolder(files, loadLabs);

/** Lints a real folder of these files. */
export const lint = async (files: Files) => (await inFolder(files, lintLabs)).problems;

/** What is found in a real folder of these files. */
export async function inFolder<T>(files: Files, find: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'lab-format-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      if (text === undefined) continue;
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    return await find(dir);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The example with one text replaced in one file, and the line the change begins at. */
export function changed(path: string, from: string, to: string, whole = example) {
  const file = `05-first-look/${path}`;
  const text = whole[file];
  if (!text?.includes(from)) throw new Error(`${file} of the example has no ${from}`);
  const line = text.slice(0, text.indexOf(from)).split('\n').length;
  return { files: { ...whole, [file]: text.replace(from, () => to) }, file, line };
}
