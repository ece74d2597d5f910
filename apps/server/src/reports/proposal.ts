import type { Lab } from '@tatami/lab-format/loader';
import type { IncidentDraft, IncidentEvent, Language } from '@tatami/protocol';
import { say, timeText, wordOf } from '@tatami/report';

/** A draft as it can be written from what is known; the rest is the learner's to think about. */
export function proposal(
  lab: Lab,
  { lang, zone, step, author }: Pick<IncidentDraft, 'lang' | 'zone' | 'step' | 'author'>,
  events: IncidentEvent[],
): IncidentDraft {
  const content = lab.content(lang);
  const title = content.steps.find(({ id }) => id === step)?.title ?? content.title;
  const alert = events.find(({ kind }) => kind === 'alert');
  const first = alert ?? events[0];
  const time = first ? timeText(first.at, { zone }) : '';
  const detection = alert
    ? say(lang, 'propose.detection', { time })
    : say(lang, 'propose.detectionStep', { title });
  return {
    ...{ lang, zone, step, title: title.slice(0, 200), author, occurred: time },
    parts: {
      ...{ detection, impact: '', cause: causeIn(events, lang) },
      ...{ stopgap: '', remedy: '', prevention: '' },
    },
    ...{ hidden: [], words: {}, own: [] },
  };
}

/** The cause that was named last, with the value that proves it; `CAUSE: VALUE` as the checks have it. */
function causeIn(events: IncidentEvent[], lang: Language): string {
  const answers = events.flatMap(({ facts }) => facts.filter(({ name }) => name === 'answer'));
  const [, cause, value] = /^(\w+): (.*)$/s.exec(answers.at(-1)?.value ?? '') ?? [];
  if (!cause || !value) return '';
  return say(lang, 'propose.cause', { cause: wordOf(lang, 'cause', cause), value });
}
