import type { Outcome } from './verify.ts';

const widest = 36;
const answers = { same: 'yes', explained: 'no, explained', different: 'NO' };

/** The outcomes as a table: name, what a sandbox and the host printed, whether they are the same. */
export function table(outcomes: Outcome[]): string {
  const rows = outcomes.map(({ id, inside, host, status }) => [
    id,
    oneLine(inside),
    oneLine(host),
    answers[status],
  ]);
  const all = [['expectation', 'in a sandbox', 'on the host', 'same?'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const count = (status: Outcome['status']) =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const totals = `${count('same')} the same, ${count('explained')} explained in docs/faithful-machine.md, ${count('different')} different`;
  return [...lines, '', totals, ''].join('\n');
}

/** What a script printed, short; control characters are shown as what they are. */
function oneLine(text: string): string {
  const line = JSON.stringify(text.replaceAll('\n', ' | ')).slice(1, -1);
  return line.length > widest ? `${line.slice(0, widest - 3)}...` : line;
}
