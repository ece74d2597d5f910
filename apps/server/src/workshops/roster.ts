import {
  AppError,
  Language,
  maxSeats,
  type RosterEncoding,
  type RosterEntry,
  type RosterProblem,
  SeatName,
  SeatNumber,
} from '@tatami/protocol';
import { parse } from 'csv-parse/sync';
import { decoded } from './encoding.ts';
import { numberKey } from './names.ts';

/** What a roster's file says. */
export interface Roster {
  encoding: RosterEncoding;
  entries: RosterEntry[];
  problems: RosterProblem[];
}

type Column = 'number' | 'name' | 'language';

/** What the first line may call a column, in the words of those who export rosters; case and spaces do not count. */
const headings: Record<Column, string[]> = {
  number: [
    ...['number', 'no', 'no.', 'id', 'idnumber', 'studentnumber', 'studentid', 'employeeid'],
    ...['番号', '学籍番号', '学生番号', '社員番号', '出席番号', '学号', '工号', '编号', '序号'],
  ],
  name: [
    ...['name', 'fullname', 'studentname'],
    ...['氏名', '名前', '姓名', '名字', '学生姓名', '学员姓名'],
  ],
  language: ['language', 'lang', '言語', '语言', '語言'],
};

const languages: Record<Language, string[]> = {
  'zh-CN': ['zh', 'zh-cn', 'zh-hans', 'cn', 'chinese', '中文', '中国語', '汉语', '简体中文'],
  ja: ['ja', 'ja-jp', 'jp', 'japanese', '日本語', '日语', '日文'],
  en: ['en', 'en-us', 'en-gb', 'english', '英語', '英语', '英文'],
};

const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

/**
 * Reads a roster: a CSV with commas, semicolons or tabs whose first line names its columns.
 * @throws `workshop.roster-encoding`, `workshop.roster-columns`, `workshop.roster-size`.
 */
export function readRoster(file: Buffer, usual: Language): Roster {
  const { text, encoding } = decoded(file);
  const [head = [], ...lines] = recordsOf(text);
  const columns = head.map(({ text }) => columnOf(text));
  if (!columns.includes('number') || !columns.includes('name'))
    throw new AppError('workshop.roster-columns');
  if (lines.length > maxSeats) throw new AppError('workshop.roster-size');
  const entries: RosterEntry[] = [];
  const problems: RosterProblem[] = [];
  const numbers = new Set<string>();
  for (const cells of lines) {
    const cell = (column: Column) => cells[columns.indexOf(column)]?.text ?? '';
    const found = entryOf({ number: cell('number'), name: cell('name') }, cell('language'), usual);
    const line = cells[0]?.line ?? 1;
    if ('reason' in found) problems.push({ line, ...found });
    else if (numbers.has(numberKey(found.number)))
      problems.push({ line, reason: 'number-twice', text: found.number });
    else entries.push(found);
    if ('number' in found) numbers.add(numberKey(found.number));
  }
  return { encoding, entries, problems };
}

interface Cell {
  text: string;
  /** Of the file, from 1: a quoted cell may go over several. */
  line: number;
}

function recordsOf(text: string): Cell[][] {
  try {
    const records = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) =>
      record.map((cell) => ({ text: cell.trim(), line: info.lines })),
    );
  } catch (cause) {
    throw new AppError('workshop.roster-columns', { cause });
  }
}

/** Spreadsheets write semicolons where the comma is a decimal point, and tabs as Unicode text. */
function delimiterOf(text: string): string {
  const [head = ''] = text.split(/\r?\n/, 1);
  const count = (delimiter: string) => head.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

const columnOf = (heading: string): Column | undefined =>
  (Object.keys(headings) as Column[]).find((column) => headings[column].includes(plain(heading)));

function entryOf(
  cells: { number: string; name: string },
  language: string,
  usual: Language,
): RosterEntry | Omit<RosterProblem, 'line'> {
  if (!cells.number) return { reason: 'no-number', text: cells.name };
  if (!cells.name) return { reason: 'no-name', text: cells.number };
  const number = SeatNumber.safeParse(cells.number);
  if (!number.success) return { reason: 'number-long', text: cells.number };
  const name = SeatName.safeParse(cells.name);
  if (!name.success) return { reason: 'name-odd', text: cells.name };
  const spoken = language
    ? Language.options.find((one) => languages[one].includes(plain(language)))
    : usual;
  if (!spoken) return { reason: 'language', text: language };
  return { number: number.data, name: name.data, language: spoken };
}
