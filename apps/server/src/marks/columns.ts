import type { CsvFor, Grading, LearnerExport, Mark, MarksExport } from '@tatami/protocol';
import type { Cell } from './csv.ts';

/** The rows of an export, the names of its columns first. */
export const columnsFor: Record<CsvFor, (marks: MarksExport) => Cell[][]> = { all, moodle, canvas };

const percentOf = ({ mark: { earned, possible } }: Pick<LearnerExport, 'mark'>): number =>
  possible === 0 ? 0 : Math.round((earned / possible) * 10_000) / 100;

/**
 * For Moodle's import from CSV (https://docs.moodle.org/en/Grade_import): "ID number" is mapped to `useridnumber`, the
 * title to a grade item. Percent, for a new item has 100 points at most. A line without an id would be given to the
 * learner of the line before, and one of somebody unknown ends the import: those without a number are left out.
 */
function moodle({ title, learners }: MarksExport): Cell[][] {
  const rows = learners
    .filter(({ number, joinedAt }) => number !== null && joinedAt !== null)
    .map((learner) => [learner.number, learner.name, percentOf(learner)]);
  return [['ID number', 'Full name', title], ...rows];
}

/**
 * For Canvas's gradebook (the columns of its own export; lib/gradebook_importer.rb): the line "Points Possible" comes
 * second. Who has no number is found by name, so one whose name another has too is left out.
 */
function canvas({ title, scheme, learners }: MarksExport): Cell[][] {
  const possible = scheme.items.reduce((sum, { points }) => sum + points, 0);
  const names = learners.map(({ name }) => name);
  const rows = learners
    .filter(({ joinedAt }) => joinedAt !== null)
    .filter(
      ({ name, number }) => number !== null || names.filter((other) => other === name).length === 1,
    )
    .map(({ name, number, mark }) => [plainName(name), null, number, null, null, mark.earned]);
  return [
    ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', assignment(title)],
    ['    Points Possible', null, null, null, null, possible],
    ...rows,
  ];
}

/** A learner of that name would set what can be earned. */
const plainName = (name: string): string => name.replaceAll('Points Possible', 'Points possible');

/** Canvas takes a number in brackets at the end for an assignment's id, and some words for columns of its own. */
const assignment = (title: string): string =>
  title
    .replace(/\((\d+)\)\s*$/, '[$1]')
    .replace(/(Current|Final|Override) (Score|Points|Grade|Status)/g, '$1-$2');

function all({ scheme, gradings, settled, learners, likenesses }: MarksExport): Cell[][] {
  const items = scheme.items.map(({ id }) => id);
  const names = new Map(learners.map(({ learnerId, name }) => [learnerId, name]));
  const alikeWith = (learnerId: string) =>
    likenesses
      .filter(({ learners }) => learners.includes(learnerId))
      .flatMap(({ learners }) => learners.filter((id) => id !== learnerId))
      .map((id) => names.get(id) ?? id);
  const header = [
    ...['Number', 'Name', 'Joined', 'Points', 'Possible', 'Percent', 'Passed', 'Original points'],
    ...items.flatMap((id) => [`${id} points`, `${id} state`, `${id} proven at`]),
    ...['Machines', 'Tries', 'Changes', 'Paced like', 'Grading'],
  ];
  const rows = learners.map((learner) => [
    ...[learner.number, learner.name, learner.joinedAt],
    ...[learner.mark.earned, learner.mark.possible, percentOf(learner)],
    ...[learner.mark.passed ? 'yes' : 'no', learner.original.earned],
    ...learner.mark.items.flatMap(({ earned, state, provenAt }) => [earned, state, provenAt]),
    learner.machines,
    learner.checks.reduce((sum, { tries }) => sum + (tries ?? 0), 0),
    changesText(learner, gradings),
    alikeWith(learner.learnerId).join('; '),
    (settled && gradings.at(-1)?.version) || 'open',
  ]);
  return [header, ...rows];
}

/** Each change with what it replaced, who made it, when and why. One that was taken back shows what counts since. */
function changesText(learner: LearnerExport, gradings: Grading[]): string {
  const last = new Map<string, number>();
  return learner.changes
    .map(({ itemId, earned, by, at, reason }) => {
      const before = last.get(itemId) ?? pointsOf(gradedBy(at, learner, gradings), itemId);
      const after = earned ?? pointsOf(learner.gradings.at(-1)?.mark ?? learner.original, itemId);
      last.set(itemId, after);
      return `${itemId}: ${before} -> ${after} (${by}, ${at}): ${reason}`;
    })
    .join('\n');
}

/** The mark that a change at that time found: of the newest grading by then. */
function gradedBy(at: string, learner: LearnerExport, gradings: Grading[]): Mark {
  const newest = gradings.findLast(({ madeAt }) => Date.parse(madeAt) <= Date.parse(at));
  const own = learner.gradings.find(({ version }) => version === newest?.version);
  return own?.mark ?? learner.original;
}

const pointsOf = ({ items }: Mark, itemId: string): number =>
  items.find(({ id }) => id === itemId)?.earned ?? 0;
