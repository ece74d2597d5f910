import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type IncidentPart, incidentParts } from '@tatami/protocol';
import { timeText, zoneText } from './clock.ts';
import type { Exhibit, Incident, Recorded, Screen, ToldEvent } from './incident.ts';
import { html, jsonMarkup, type Markup, raw } from './markup.ts';
import { style } from './style.ts';
import { say, sourceOf, wordOf } from './texts/index.ts';
import { visible } from './visible.ts';

/**
 * The report as the body of one HTML file that needs nothing else, up to where its seal begins.
 * @param player the program that replays (apps/web/src/report-player), as one script.
 */
export function incidentHtml(incident: Incident, player: string): string {
  const { draft } = incident;
  // What ends a script element, or begins a comment in one, must not be in it.
  const program = player.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');
  const before = incidentParts.slice(0, 2).map((part) => written(incident, part));
  const after = incidentParts.slice(2).map((part) => written(incident, part));
  const page = html`<!doctype html>
<html lang="${draft.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policyFor(program)}">
<title>${visible(draft.title)} · ${say(draft.lang, 'document')}</title>
<style>${raw(style)}</style>
</head>
<body>
<main>
${head(incident)}
${section('occurred', say(draft.lang, 'occurred'), paragraph(incident, draft.occurred))}
${before}
${timeline(incident)}
${after}
${evidence(incident)}
${replays(incident)}
</main>
${footer(incident)}
${data(incident)}
<script>${raw(program)}</script>
`;
  return page.text;
}

/** Nothing is loaded, and no script runs but ours; the terminal makes style elements of its own. */
function policyFor(program: string): string {
  const hash = createHash('sha256').update(program).digest('base64');
  return `default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
}

const section = (id: string, title: string, content: Markup): Markup =>
  html`<section id="${id}"><h2>${title}</h2>${content}</section>
`;

const paragraph = ({ draft }: Incident, text: string): Markup =>
  text.trim()
    ? html`<p class="text">${visible(text, 4000)}</p>`
    : html`<p class="empty">${say(draft.lang, 'empty')}</p>`;

const written = (incident: Incident, part: IncidentPart): Markup =>
  section(part, say(incident.draft.lang, part), paragraph(incident, incident.draft.parts[part]));

function head({ draft, lesson, step, issuedAt, number }: Incident): Markup {
  const row = (name: Parameters<typeof say>[1], value: string) =>
    value ? html`<dt>${say(draft.lang, name)}</dt><dd>${visible(value)}</dd>` : null;
  return html`<header>
<p class="kind">${say(draft.lang, 'document')}</p>
<h1>${visible(draft.title) || say(draft.lang, 'empty')}</h1>
<dl>
${row('author', draft.author)}${row('lesson', lesson)}${row('about', step ?? '')}
${row('issued', timeText(issuedAt, draft))}${row('zone', zoneText(issuedAt, draft))}${row('number', number)}
</dl>
</header>`;
}

function timeline({ draft, events, exhibits }: Incident): Markup {
  const { lang } = draft;
  const rows = events.map((event) => {
    const n = exhibits.findIndex((one) => one.event.key === event.key) + 1;
    const link =
      n > 0 ? html` <a href="#evidence-${n}">${say(lang, 'seeEvidence', { n })}</a>` : null;
    return html`<tr><td class="at mono"><time datetime="${event.at}">${timeText(event.at, draft)}</time></td>
<td>${eventText(event)}${link} <span class="source">${sourceOf(lang, event)}</span></td></tr>
`;
  });
  const table = html`<table><thead><tr><th scope="col">${say(lang, 'time')}</th><th scope="col">${say(lang, 'event')}</th></tr></thead>
<tbody>${rows}</tbody></table>`;
  const content = rows.length > 0 ? table : html`<p class="empty">${say(lang, 'noEvents')}</p>`;
  return section('timeline', say(lang, 'timeline'), content);
}

const eventText = ({ kind, text, isReworded }: ToldEvent): Markup =>
  kind === 'command' && !isReworded ? html`<code>${visible(text)}</code>` : html`${visible(text)}`;

function evidence(incident: Incident): Markup {
  const { draft, exhibits } = incident;
  const items = exhibits.map((exhibit, n) => exhibitMarkup(incident, exhibit, n + 1));
  const content =
    items.length > 0 ? html`${items}` : html`<p class="empty">${say(draft.lang, 'noEvidence')}</p>`;
  return section('evidence', say(draft.lang, 'evidence'), content);
}

function exhibitMarkup({ draft }: Incident, { event, screens }: Exhibit, n: number): Markup {
  const { lang } = draft;
  const facts = event.facts.map(
    ({ name, value }) =>
      html`<dt>${wordOf(lang, 'fact', name)}</dt><dd class="mono">${visible(value)}</dd>
`,
  );
  return html`<article class="exhibit" id="evidence-${n}">
<h3><span class="number">${say(lang, 'seeEvidence', { n })}</span> ${eventText(event)}</h3>
<p class="mono"><time datetime="${event.at}">${timeText(event.at, draft)}</time></p>
${event.isReworded ? html`<p class="source">${sourceOf(lang, event)}</p>` : null}
${facts.length > 0 ? html`<h4>${say(lang, 'facts')}</h4><dl>${facts}</dl>` : null}
${screens.map((screen) => screenMarkup(lang, screen))}
</article>
`;
}

function screenMarkup(lang: Incident['draft']['lang'], screen: Screen): Markup {
  const { terminal: id, lines, isCut, replay } = screen;
  if (!lines) return html`<p class="empty">${say(lang, 'noScreen', { id })}</p>`;
  const seek =
    replay &&
    html`<p><button type="button" class="seek" data-recording="${replay.recording}" data-offset="${replay.offset}" hidden>▶ ${say(lang, 'replay.show')}</button></p>`;
  return html`<h4>${say(lang, isCut ? 'screenCut' : 'screen', { id })}</h4>
<pre tabindex="0">${visible(lines.join('\n'), 20_000)}</pre>
${seek}`;
}

function replays({ draft, recordings }: Incident): Markup | null {
  if (recordings.length === 0) return null;
  const { lang } = draft;
  const items = recordings.map(({ terminal, index, isPart }, n) => {
    const time = timeText(index.startedAt, draft);
    return html`<div class="replay" data-recording="${n}">
<h3>${say(lang, 'replayOf', { id: terminal, time })}</h3>
${isPart ? html`<p>${say(lang, 'replayPart')}</p>` : null}
</div>`;
  });
  return html`<section class="replays" id="replays" hidden><h2>${say(lang, 'replays')}</h2>${items}</section>`;
}

function footer({ draft, keyUrl }: Incident): Markup {
  return html`<footer><h2>${say(draft.lang, 'seal')}</h2>
<p>${say(draft.lang, 'sealText')}</p>
<p><code>tatami evidence verify REPORT.html --key ${keyUrl ?? 'KEY.pem'}</code></p></footer>`;
}

/** What the replaying program reads. */
function data({ draft, recordings }: Incident): Markup {
  const { lang } = draft;
  const packed = (pieces: Recorded['pieces']) =>
    gzipSync(Buffer.concat(pieces.map(({ bytes }) => bytes)), { level: 9 }).toString('base64');
  const all = recordings.map(({ terminal, index, pieces }) => ({
    label: say(lang, 'replay.label', { id: terminal }),
    index,
    pieces: pieces.map(({ offset, bytes }) => [offset, bytes.length]),
    gzip: packed(pieces),
  }));
  const texts = {
    play: say(lang, 'replay.play'),
    pause: say(lang, 'replay.pause'),
    position: say(lang, 'replay.position'),
    speed: say(lang, 'replay.speed'),
    failed: say(lang, 'replay.failed'),
    zone: draft.zone,
  };
  return html`<script type="application/json" id="replay-data">${jsonMarkup({ texts, recordings: all })}</script>`;
}
