import type { Node } from '@markdoc/markdoc';
import { Language } from '@tatami/protocol';
import { lineOf } from '../prose-config.ts';
import type { ReadLab } from '../read-lab.ts';
import type { ReadProse } from '../read-prose.ts';
import type { YamlFile } from '../yaml-file.ts';

/** Words that a learner reads, and the language they are in. */
export interface Words {
  file: string;
  line: number;
  lang: Language;
  text: string;
}

/** All words of a lab: prose, front matter, titles, checklists and glossary. */
export function wordsOf({ yaml, glossary, steps }: ReadLab): Words[] {
  return [
    ...Language.options.flatMap((lang) => stringsAt(yaml, ['texts', lang], lang)),
    ...Object.keys(glossary.data ?? {}).flatMap((key) => [
      ...['ja', 'reading'].flatMap((name) => stringsAt(glossary, [key, name], 'ja')),
      ...stringsAt(glossary, [key, 'en'], 'en'),
      ...Language.options.flatMap((lang) => stringsAt(glossary, [key, 'texts', lang], lang)),
    ]),
    ...steps.flatMap(({ prose }) => prose.flatMap(ofProse)),
  ];
}

/** Every text at this path of a YAML file or below it. */
function stringsAt(yaml: YamlFile<unknown>, path: string[], lang: Language): Words[] {
  let value = yaml.data;
  for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
  if (typeof value === 'string')
    return [{ file: yaml.file, line: yaml.lineOf(path), lang, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => stringsAt(yaml, [...path, key], lang));
}

function ofProse({ file, lang, prose, texts }: ReadProse): Words[] {
  const words = stringsAt(texts, [], lang);
  const visit = (node: Node, around: Language, line: number) => {
    const { type, tag, attributes } = node;
    const own = languageOf(node, around);
    const say = (text: unknown, of: Language, at = line) => {
      if (typeof text === 'string') words.push({ file, line: at, lang: of, text });
    };
    for (const name of ['title', 'question']) say(attributes[name], own);
    say(attributes.reading, 'ja');
    const inside = tag === 'interview' ? around : own;
    if (type === 'fence') {
      // Below the line of its backticks.
      for (const [index, text] of String(attributes.content).split('\n').entries())
        say(text, inside, line + 1 + index);
      return;
    }
    say(attributes.content, inside);
    let breaks = 0;
    for (const child of node.children) {
      if (child.type === 'softbreak' || child.type === 'hardbreak') breaks += 1;
      // Inline nodes know the first line of their block only.
      visit(child, inside, child.inline ? line + breaks : lineOf(child) + 1);
    }
  };
  visit(prose.ast, lang, 1);
  return words;
}

/** Of an interview question `lang` is the question's alone; of a drawing, its title's too. */
function languageOf({ tag, attributes }: Node, around: Language): Language {
  if (tag === 'ja') return 'ja';
  const marked = Language.safeParse(attributes.lang);
  return (tag === 'diagram' || tag === 'interview') && marked.success ? marked.data : around;
}
