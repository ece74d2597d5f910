import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from './problem.ts';

/** A parsed YAML text. `data` is undefined when there are problems. */
export interface YamlFile<T> {
  file: string;
  data: T | undefined;
  /** What it says, right or wrong; undefined when it is no YAML. */
  value: unknown;
  problems: Problem[];
  /** Line of the value at this path, or of its nearest parent that exists. */
  lineOf: (path: PropertyKey[]) => number;
}

/** Errors of YAML that are told of one file. */
const maxBroken = 12;

/** A file of which nothing can be said but why. */
export const unread = <T>(file: string, reason: string, line = 1): YamlFile<T> => ({
  file,
  data: undefined,
  value: undefined,
  problems: [{ file, line, reason }],
  lineOf: () => line,
});

/** Parses YAML against a schema. `firstLine` is where the text begins within its file. */
export function parseYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
  firstLine = 1,
): YamlFile<T> {
  const lineCounter = new LineCounter();
  const document = attempt(() => parseDocument(text, { lineCounter, prettyErrors: false }));
  if (document instanceof Error) return unread(file, document.message, firstLine);
  const lineAt = (offset: number) => lineCounter.linePos(offset).line + firstLine - 1;
  const lineOf = (path: PropertyKey[]) => lineAt(offsetOf(document.contents, path));
  const nothing = { file, data: undefined, value: undefined, lineOf };
  const broken = [...document.errors, ...document.warnings].map((error) => ({
    file,
    line: lineAt(error.pos[0]),
    reason: error.message,
  }));
  if (broken.length > 0) return { ...nothing, problems: capped(broken) };
  const value: unknown = attempt(() => document.toJS());
  if (value instanceof Error) return unread(file, value.message, firstLine);
  const parsed = schema.safeParse(value);
  if (parsed.success) return { file, data: parsed.data, value, problems: [], lineOf };
  const problems = parsed.error.issues.flatMap(told).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          file,
          line: lineOf([...issue.path, key]),
          reason: `unknown key ${[...issue.path, key].join('.')}`,
        }))
      : { file, line: lineOf(issue.path), reason: sentence(issue.path, issue.message) },
  );
  return { ...nothing, value, problems };
}

/** Of a file that is no YAML at all the first few are enough. */
function capped(problems: Problem[]): Problem[] {
  const next = problems[maxBroken];
  if (!next) return problems;
  const more = { ...next, reason: `and ${problems.length - maxBroken} more` };
  return [...problems.slice(0, maxBroken), more];
}

/** Nesting without end overflows the parser's stack, and aliases that multiply without end are refused. */
function attempt<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return error as Error;
  }
}

type Issue = z.core.$ZodIssue;

/** Of alternatives, what is wrong with the one that was meant: that whose inside was looked at. */
function told(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((branch) =>
    branch.some(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (meant)
    return meant.flatMap((inner) => told({ ...inner, path: [...issue.path, ...inner.path] }));
  const message = issue.errors.flatMap(([first]) => first?.message ?? []).join(', or ');
  return [{ ...issue, message: message || issue.message }];
}

const sentence = (path: PropertyKey[], message: string) =>
  path.length > 0 ? `${path.join('.')}: ${message}` : message;

function offsetOf(root: unknown, path: PropertyKey[]): number {
  let node = root;
  let offset = isNode(root) ? (root.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
