import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

interface Rule {
  /** Packages of ours it may import. */
  may: string[];
  /** Files that must run without node: all, those its index reaches, or none. */
  pure?: 'all' | 'index';
  never?: string[];
}

const pty = ['node-pty', '@lydell/node-pty'];

/** Who may import whom. A workspace that is not listed breaks the rules by being there. */
export const rules: Record<string, Rule> = {
  'packages/protocol': { may: [], pure: 'all', never: pty },
  'packages/config': { may: [], never: pty },
  'packages/lab-format': { may: ['protocol'], pure: 'index', never: pty },
  'packages/checks': { may: ['protocol', 'lab-format'], pure: 'all', never: pty },
  'packages/sandbox': { may: ['protocol'], never: pty },
  'packages/report': { may: ['protocol'], never: pty },
  'packages/telemetry': { may: [], never: pty },
  'apps/runner': { may: ['config', 'protocol', 'lab-format', 'checks', 'sandbox', 'telemetry'] },
  'apps/server': { may: ['config', 'protocol', 'lab-format', 'report', 'telemetry'], never: pty },
  'apps/cli': { may: ['config', 'protocol', 'lab-format', 'sandbox', 'report'], never: pty },
  'apps/web': {
    may: ['protocol', 'lab-format'],
    pure: 'all',
    never: [...pty, '@tatami/lab-format/lint', '@tatami/lab-format/loader'],
  },
};

const importPattern =
  /(?:^|[;}\s])(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/g;

/** Every module a file names in an import, export or import(). */
export const importsOf = (text: string): string[] =>
  [...text.matchAll(importPattern)].map(([, named, dynamic]) => named ?? dynamic ?? '');

const isNode = (name: string) => name.startsWith('node:') || builtinModules.includes(name);
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

const list = (folder: string, options: { recursive: boolean } = { recursive: false }): string[] =>
  existsSync(folder) ? readdirSync(folder, { ...options, encoding: 'utf8' }) : [];

const workspaces = (root: string): string[] =>
  ['packages', 'apps']
    .flatMap((group) => list(join(root, group)).map((name) => `${group}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')));

/** Every breach of {@link rules} below `root`, one sentence each. Tests are free to import more. */
export function breaches(root: string): string[] {
  return workspaces(root).flatMap((folder) => {
    const rule = rules[folder];
    if (!rule) return [`${folder} has no rule`];
    return [...manifestBreaches(root, folder, rule), ...importBreaches(root, folder, rule)];
  });
}

function manifestBreaches(root: string, folder: string, rule: Rule): string[] {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => isForbidden(name, folder, rule))
    .map((name) => `${folder}/package.json depends on ${name}`);
}

function importBreaches(root: string, folder: string, rule: Rule): string[] {
  const src = join(root, folder, 'src');
  const files = list(src, { recursive: true })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => join(src, file));
  const pure = new Set(
    rule.pure === 'all' ? files : rule.pure === 'index' ? reachable(join(src, 'index.ts')) : [],
  );
  return files.flatMap((file) =>
    importsOf(readFileSync(file, 'utf8'))
      .filter((name) =>
        name.startsWith('.')
          ? relative(src, resolve(dirname(file), name)).startsWith('../..')
          : isForbidden(name, folder, rule) || (pure.has(file) && isNode(name)),
      )
      .map((name) => `${relative(root, file)} imports ${name}`),
  );
}

function isForbidden(name: string, folder: string, { may, never = [] }: Rule): boolean {
  if (never.includes(name)) return true;
  const ours = packageOf(name).match(/^@tatami\/(.+)$/)?.[1];
  return ours !== undefined && !may.includes(ours) && !folder.endsWith(`/${ours}`);
}

/** A file and all that it imports by relative path. */
function reachable(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  for (const name of importsOf(readFileSync(file, 'utf8')))
    if (name.startsWith('.')) reachable(resolve(dirname(file), name), seen);
  return seen;
}
