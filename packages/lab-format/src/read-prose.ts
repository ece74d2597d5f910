import { join } from 'node:path';
import type { Language } from '@tatami/protocol';
import type { Problem } from './problem.ts';
import { type Prose, parseProse } from './prose.ts';
import { readText, UnreadableFile } from './read-text.ts';
import { StepTexts } from './schema.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** A step's prose in one language, as read. */
export interface ReadProse {
  file: string;
  lang: Language;
  /** Every line of the file, front matter included. */
  lines: string[];
  prose: Prose;
  texts: YamlFile<StepTexts>;
}

/** Reads a step's `LANG.md`, which must be there. */
export async function readProse(
  dir: string,
  folder: string,
  lang: Language,
): Promise<ReadProse | Problem> {
  const file = `${folder}/${lang}.md`;
  try {
    const source = await readText(join(dir, `${lang}.md`));
    if (source === undefined)
      return { file, line: 1, reason: `missing file: lab.yaml declares ${lang}` };
    const prose = parseProse(source);
    // The front matter begins after the line of its dashes.
    const texts = parseYaml(file, prose.frontMatter, StepTexts, 2);
    return { file, lang, lines: source.split('\n'), prose, texts };
  } catch (error) {
    if (error instanceof UnreadableFile) return { file, line: 1, reason: error.message };
    throw error;
  }
}
