import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { breaches, importsOf, rules } from '../test/boundaries.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folderIn(parent: string): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'boundaries-'));
  folders.push(folder);
  return folder;
}

/** A workspace of these files beside empty packages; what its guard says. */
function planted(files: Record<string, string>): string[] {
  const folder = folderIn(tmpdir());
  const empty = Object.keys(rules).map((name) => [`${name}/package.json`, '{}'] as const);
  for (const [path, text] of [...empty, ...Object.entries(files)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return breaches(folder);
}

test('the workspace keeps its boundaries', () => {
  expect(breaches(root)).toEqual([]);
});

test('every form of import is seen', () => {
  const text = [
    "import 'a';",
    "import type { B } from 'b';",
    "import {\n  c,\n} from 'c';",
    "export * from 'd';",
    "const e = await import('e');",
    "import f, { g } from 'f';",
  ].join('\n');
  expect(importsOf(text)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test.each([
  ['apps/server', '@lydell/node-pty'],
  ['apps/server', 'node-pty'],
  ['apps/server', '@tatami/sandbox'],
  ['apps/server', '@tatami/checks'],
  ['apps/web', 'node:fs'],
  ['apps/web', 'fs'],
  ['apps/web', '@tatami/lab-format/loader'],
  ['apps/web', '@tatami/server'],
  ['packages/checks', '@tatami/sandbox'],
  ['packages/checks', 'node:fs'],
  ['packages/protocol', 'node:fs'],
  ['packages/protocol', '@tatami/lab-format'],
  ['packages/config', '@tatami/protocol'],
  ['packages/sandbox', '@tatami/config'],
  ['apps/web', '@tatami/config'],
  ['packages/lab-format', '@tatami/checks'],
  ['packages/sandbox', '@tatami/checks'],
  ['apps/runner', '@tatami/server'],
  ['apps/runner', '../../server/src/app.ts'],
])('%s may not import %s', (folder, name) => {
  const file = `${folder}/src/planted.ts`;
  expect(planted({ [file]: `import { x } from '${name}';\n` })).toEqual([
    `${file} imports ${name}`,
  ]);
});

test('a dependency is caught before its first import', () => {
  const manifest = JSON.stringify({ dependencies: { '@lydell/node-pty': '1.1.0' } });
  expect(planted({ 'apps/server/package.json': manifest })).toEqual([
    'apps/server/package.json depends on @lydell/node-pty',
  ]);
});

test('a workspace without a rule is caught', () => {
  expect(planted({ 'packages/drawer/package.json': '{}' })).toEqual([
    'packages/drawer has no rule',
  ]);
});

test('the loader of lab-format may use node, what its index reaches may not', () => {
  const src = 'packages/lab-format/src';
  const loader = { [`${src}/loader.ts`]: "import 'node:fs';\nimport './index.ts';\n" };
  expect(planted(loader)).toEqual([]);
  expect(planted({ ...loader, [`${src}/index.ts`]: "export * from './loader.ts';\n" })).toEqual([
    `${src}/loader.ts imports node:fs`,
  ]);
});

describe('the compiler refuses', () => {
  /** What tsc says of `text` under the settings of a workspace's own tsconfig. */
  async function compile(folder: string, text: string): Promise<string> {
    // Inside the repository, so that the types of node_modules are found.
    const plant = folderIn(join(root, '.tsbuild'));
    const config = {
      extends: join(root, folder, 'tsconfig.json'),
      compilerOptions: {
        composite: false,
        incremental: false,
        tsBuildInfoFile: null,
        emitDeclarationOnly: false,
        noEmit: true,
        rootDir: plant,
      },
      include: ['planted.ts'],
      exclude: [],
      references: [],
    };
    writeFileSync(join(plant, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(plant, 'planted.ts'), text);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    return promisify(execFile)(process.execPath, [tsc, '-p', plant]).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  test.each([
    ['apps/server', 'document', 'process'],
    ['apps/web', 'process', 'document'],
    ['packages/checks', 'process', 'Map'],
  ])('in %s the global %s, not %s', async (folder, refused, allowed) => {
    const said = await compile(
      folder,
      `export const a = ${allowed};\nexport const b = ${refused};\n`,
    );
    expect(
      said
        .trim()
        .split('\n')
        .filter((line) => line.includes('error')),
    ).toEqual([expect.stringContaining(`planted.ts(2,18): error TS`)]);
    expect(said).toContain(`'${refused}'`);
  });
});
