import { incidentParts } from '@tatami/protocol';
import { timeText, zoneText } from './clock.ts';
import type { Exhibit, Incident } from './incident.ts';
import { say, sourceOf, wordOf } from './texts/index.ts';
import { visible } from './visible.ts';

/** The report for an issue tracker (GitHub Flavored Markdown). It has no seal: trackers change what they are given. */
export function incidentMarkdown(incident: Incident): string {
  const { draft, events, exhibits, issuedAt, lesson, step, number } = incident;
  const { lang } = draft;
  const facts = [
    ['author', draft.author],
    ['lesson', lesson],
    ['about', step ?? ''],
    ['issued', timeText(issuedAt, draft)],
    ['zone', zoneText(issuedAt, draft)],
    ['number', number],
  ] as const;
  const part = (name: (typeof incidentParts)[number]) => [
    `## ${say(lang, name)}`,
    prose(draft.parts[name]) || `*${say(lang, 'empty')}*`,
  ];
  const blocks = [
    `# ${say(lang, 'document')}: ${inline(draft.title)}`,
    facts
      .filter(([, value]) => value)
      .map(([name, value]) => `- ${say(lang, name)}: ${inline(value)}`)
      .join('\n'),
    `## ${say(lang, 'occurred')}`,
    prose(draft.occurred) || `*${say(lang, 'empty')}*`,
    ...incidentParts.slice(0, 2).flatMap(part),
    `## ${say(lang, 'timeline')}`,
    events.length > 0 ? timeline(incident) : say(lang, 'noEvents'),
    ...incidentParts.slice(2).flatMap(part),
    `## ${say(lang, 'evidence')}`,
    ...(exhibits.length > 0
      ? exhibits.flatMap((exhibit, n) => exhibitBlocks(incident, exhibit, n + 1))
      : [say(lang, 'noEvidence')]),
  ];
  return `${blocks.join('\n\n')}\n`;

  function timeline({ draft }: Incident): string {
    const rows = events.map((event) => {
      const { at, text, key } = event;
      const n = exhibits.findIndex((one) => one.event.key === key) + 1;
      const more = n > 0 ? ` (${say(lang, 'seeEvidence', { n })})` : '';
      return `| ${timeText(at, draft)} | ${cell(text)}${more} | ${sourceOf(lang, event)} |`;
    });
    const titles = ['time', 'event', 'source'] as const;
    return [
      `| ${titles.map((one) => say(lang, one)).join(' | ')} |`,
      '| --- | --- | --- |',
      ...rows,
    ].join('\n');
  }
}

function exhibitBlocks({ draft }: Incident, { event, screens }: Exhibit, n: number): string[] {
  const { lang } = draft;
  const facts = event.facts.map(
    ({ name, value }) => `- ${wordOf(lang, 'fact', name)}: ${code(value)}`,
  );
  return [
    `### ${say(lang, 'seeEvidence', { n })}: ${inline(event.text)}`,
    timeText(event.at, draft),
    ...(event.isReworded ? [sourceOf(lang, event)] : []),
    ...(facts.length > 0 ? [facts.join('\n')] : []),
    ...screens.flatMap(({ terminal: id, lines }) =>
      lines ? [`${say(lang, 'screen', { id })}:`, fenced(lines)] : [],
    ),
  ];
}

/** Text that is no markup, whatever is in it, on one line. */
const inline = (text: string): string =>
  visible(text)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]<>#|~&@]/g, (one) => `\\${one}`);

const cell = inline;

/** The same, with its lines. */
const prose = (text: string): string =>
  visible(text.trim(), 4000)
    .split(/\n/)
    .map((line) => inline(line).replace(/^([-+]|\d+[.)])/, '\\$1'))
    .join('  \n');

/** As code, fenced by more backticks than are in it. */
function code(text: string): string {
  const shown = visible(text).replaceAll(/\s+/g, ' ');
  const fence = '`'.repeat(longestRun(shown) + 1);
  return `${fence} ${shown} ${fence}`;
}

function fenced(lines: string[]): string {
  const text = visible(lines.join('\n'), 20_000);
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${text}\n${fence}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
