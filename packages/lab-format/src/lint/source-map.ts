import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import type { ReadStep } from '../read-step.ts';
import { maxSkippedCommands, type SourceEntry, sourceCounts } from '../source-map.ts';
import { taggedText, wholeSection } from './sections.ts';

/** What a place shows, by language or `all`; what a language lacks is undefined. */
type Shown = Map<string, string | undefined>;

/** All that the source says is in the lab, and says what it said, or why not. `labs` are all there are. */
export function sourceMapProblems(lab: ReadLab, labs: ReadLab[]): Problem[] {
  const yaml = lab.sourceMap;
  if (!yaml) return [];
  const problems = [...yaml.problems];
  if (!yaml.data) return problems;
  const say = (path: PropertyKey[], reason: string) =>
    problems.push({ file: yaml.file, line: yaml.lineOf(path), reason });
  const { source, entries } = yaml.data;
  const { mapped, corrected, skipped } = sourceCounts(yaml.data);
  const total = mapped + corrected + skipped;
  if (total !== source.commands)
    say(['source', 'commands'], `${source.commands} commands are said, ${total} are listed`);
  if (skipped > maxSkippedCommands)
    say(['entries'], `${skipped} commands are skipped; at most ${maxSkippedCommands} may be`);
  const blocks = new Set(entries.flatMap(({ block }) => block ?? []));
  for (let block = 1; block <= Math.max(source.blocks, ...blocks); block += 1)
    if (block > source.blocks) say(['source', 'blocks'], `block ${block} is more than are said`);
    else if (!blocks.has(block)) say(['source', 'blocks'], `no entry is of block ${block}`);
  for (const [index, entry] of entries.entries()) {
    const places = entry.to.map((place) => shownAt(place, entry.kind, lab, labs));
    for (const [at, reasons] of places.entries())
      for (const reason of absences(entry.to[at] ?? '', reasons))
        say(['entries', index, 'to', at], reason);
    for (const text of wantedOf(entry))
      if (!places.some((shown) => [...shown.values()].every((one) => contains(one, text))))
        say(['entries', index], `not there letter for letter: ${text}`);
  }
  return problems;
}

function absences(place: string, shown: Shown): string[] {
  if (shown.size === 0) return [`there is no ${place}`];
  return [...shown].flatMap(([lang, text]) =>
    text === undefined ? [`${place} is missing in ${lang}`] : [],
  );
}

/** What the places of an entry must show: itself if it is a command or an address, and what it `has`. */
function wantedOf({ kind, text, has, to, corrected }: SourceEntry): string[] {
  if (to.length === 0) return [];
  const whole =
    (kind === 'command' && !corrected) || (kind === 'link' && text.startsWith('https://'));
  return whole ? [withoutComment(text), ...has] : has;
}

const withoutComment = (command: string) => command.replace(/\s+#\s.*$/, '');
const oneSpace = (text: string) => text.replace(/\s+/g, ' ').trim();
const contains = (shown: string | undefined, text: string) =>
  oneSpace(shown ?? '').includes(oneSpace(text));

function shownAt(place: string, kind: string, lab: ReadLab, labs: ReadLab[]): Shown {
  if (place.startsWith('lab:')) {
    const texts = labs.find(({ id }) => id === place.slice(4))?.yaml.data?.texts ?? {};
    return new Map(Object.entries(texts).map(([lang, text]) => [lang, JSON.stringify(text)]));
  }
  const [where = '', id] = place.split('#');
  if (where === 'checklist' && id) return ofChecklist(lab, id);
  if (where === 'glossary' && id) return ofGlossary(lab, id);
  const step = lab.steps.find((one) => one.id === where);
  return step ? ofStep(step, kind, id) : new Map();
}

function ofChecklist({ yaml: { data } }: ReadLab, id: string): Shown {
  if (!data?.checklist.some((item) => item.id === id)) return new Map();
  return new Map(data.languages.map((lang) => [lang, data.texts[lang]?.checklist[id]]));
}

function ofGlossary({ yaml, glossary }: ReadLab, key: string): Shown {
  const entry = glossary.data?.[key];
  if (!entry) return new Map();
  const { texts, ...same } = entry;
  return new Map(
    (yaml.data?.languages ?? []).map((lang) => {
      const own = texts[lang];
      return [lang, own && Object.values({ ...same, ...own }).join('\n')];
    }),
  );
}

/** A command is meant before a heading of the same name when the entry is a command, else after. */
function ofStep({ yaml, prose }: ReadStep, kind: string, id: string | undefined): Shown {
  const commands = yaml.data?.commands ?? [];
  const command = commands.find((one) => one.id === id);
  const asCommand: Shown = new Map(command ? [['all', command.text]] : []);
  if (kind === 'command' && command) return asCommand;
  const withCommands = (text: string) =>
    [text, ...commands.flatMap((one) => (text.includes(`id="${one.id}"`) ? one.text : []))].join(
      '\n',
    );
  const texts = prose.map((one) => {
    const own = id === undefined ? one.lines.join('\n') : placeIn(one, id);
    return [one.lang, own === undefined ? undefined : withCommands(own)] as const;
  });
  return texts.some(([, text]) => text !== undefined) ? new Map(texts) : asCommand;
}

const placeIn = (prose: ReadStep['prose'][number], id: string) =>
  wholeSection(prose, id) ?? taggedText(prose, id);
