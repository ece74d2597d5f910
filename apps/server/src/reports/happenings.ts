import type { Lab } from '@tatami/lab-format/loader';
import type {
  Evidence,
  IncidentEvent,
  Language,
  Moment,
  PathLine,
  StepContent,
} from '@tatami/protocol';
import { say } from '@tatami/report';
import type { Drill, Passed } from '../attempts/attempt-store.ts';

/** What the store has of an attempt. */
export interface Known {
  openedSteps: { stepId: string; at: string }[];
  solutions: { checkId: string; at: string }[];
  wrongRounds: { checkId: string; round: number; at: string }[];
  moments: Moment[];
  passed: Passed[];
  /** The drill that was opened last, what passed in it and what was typed. */
  drill: { drill: Drill; ticks: Passed[]; lines: PathLine[] } | null;
}

interface Item {
  stepId: string;
  text: string;
  quiz: StepContent['checklist'][number]['quiz'];
}

/** What happened in one step of a lesson, or in all, oldest first, in words of a language. */
export function happenings(
  known: Known,
  lab: Lab,
  lang: Language,
  only: string | null,
): IncidentEvent[] {
  const content = lab.content(lang);
  const titles = new Map(content.steps.map(({ id, title }) => [id, title]));
  const items = new Map<string, Item>(
    content.steps.flatMap(({ id, checklist }) =>
      checklist.map(({ checkId, text, quiz }) => [checkId, { stepId: id, text, quiz }]),
    ),
  );
  const found = [
    ...known.openedSteps.map(({ stepId, at }) => ({
      ...plain(
        'step',
        `step:${stepId}`,
        at,
        say(lang, 'event.step', { title: titles.get(stepId) ?? stepId }),
      ),
      stepId,
    })),
    ...passedIn(known).map(({ checkId, evidence }) =>
      ofCheck('passed', `passed:${checkId}`, checkId, evidence),
    ),
    ...known.solutions.map(({ checkId, at }) =>
      ofCheck('solution', `solution:${checkId}`, checkId, bare(at)),
    ),
    ...known.wrongRounds.map(({ checkId, round, at }) =>
      ofCheck('quiz', `quiz:${checkId}:${round}`, checkId, bare(at)),
    ),
    ...drillEvents(known.drill, titles, lang),
  ];
  const moments = known.moments
    .filter(({ at }) => only === null || isWithin(known, only, at))
    .map(({ id, at, note, facts, offsets }) => ({
      ...{ key: `moment:${id}`, kind: 'moment' as const, at, text: note, facts, offsets },
    }));
  return [
    ...found
      .filter((one) => only === null || one.stepId === only)
      .map(({ stepId: _, ...event }) => event),
    ...moments,
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));

  function ofCheck(
    kind: 'passed' | 'solution' | 'quiz',
    key: string,
    checkId: string,
    { at, facts, offsets }: Evidence,
  ) {
    const item = items.get(checkId);
    const text = say(lang, `event.${kind}`, { text: item?.text ?? checkId });
    const shown = facts.map((fact) =>
      fact.name === 'question' && item?.quiz
        ? { ...fact, value: questionsOf(fact.value, item.quiz) }
        : fact,
    );
    return { key, kind, at, text, facts: shown, offsets, stepId: item?.stepId ?? '' };
  }
}

const bare = (at: string): Evidence => ({ at, facts: [], offsets: [] });

const plain = <K extends IncidentEvent['kind']>(
  kind: K,
  key: string,
  at: string,
  text: string,
) => ({
  ...{ key, kind, at, text, facts: [], offsets: [] },
});

/** What passed; of a drill's checks, as far as it was in the drill. */
function passedIn({ passed, drill }: Known): Passed[] {
  const ticked = new Set(drill?.ticks.map(({ checkId }) => checkId));
  return [...passed.filter(({ checkId }) => !ticked.has(checkId)), ...(drill?.ticks ?? [])];
}

function drillEvents(
  known: Known['drill'],
  titles: Map<string, string>,
  lang: Language,
): (IncidentEvent & { stepId: string })[] {
  if (!known?.drill.openedAt) return [];
  const { stepId, openedAt, round } = known.drill;
  const title = titles.get(stepId) ?? stepId;
  const alert = plain('alert', `alert:${round}`, openedAt, say(lang, 'event.alert', { title }));
  const commands = known.lines.map(({ at, command, exitCode }, n) => {
    const key = exitCode ? 'event.commandFailed' : 'event.command';
    return plain(
      'command',
      `command:${round}:${n}`,
      at,
      say(lang, key, { command, code: exitCode ?? 0 }),
    );
  });
  return [alert, ...commands].map((event) => ({ ...event, stepId }));
}

/** Whether the step was the newest one that had been opened by then. */
function isWithin({ openedSteps, drill }: Known, stepId: string, at: string): boolean {
  const opened = [
    ...openedSteps,
    ...(drill?.drill.openedAt ? [{ stepId: drill.drill.stepId, at: drill.drill.openedAt }] : []),
  ];
  const before = opened.filter((one) => Date.parse(one.at) <= Date.parse(at));
  const newest = before.sort((one, other) => Date.parse(one.at) - Date.parse(other.at)).at(-1);
  return newest?.stepId === stepId;
}

/** The questions that a list of ids names, in words. */
const questionsOf = (ids: string, { questions }: NonNullable<Item['quiz']>): string =>
  ids
    .split(', ')
    .map((id) => questions.find((one) => one.id === id)?.question ?? id)
    .join(' / ');
