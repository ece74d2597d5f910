import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, manifestsOf } from './manifests.ts';
import { filesOf } from './sources.ts';
import { type Place, tool } from './tool.ts';

/** A package that is released for others. */
export interface PublishedPackage {
  /** Its folder in the clone. */
  folder: string;
  manifest: Manifest;
}

/** Where a package is laid out for packing. Below the clone, so that npm packages are found from there. */
export const stageOf = (clone: string, { name }: { name: string }): string =>
  join(clone, '.release', name);

/** The file that npm packs a package into. */
export const archiveOf = ({ name, version }: { name: string; version: string }): string =>
  `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;

/** The packages of a clone that are for others, each after those that it depends on. */
export function publishedPackages(clone: string): PublishedPackage[] {
  const waiting = [...manifestsOf(clone)].flatMap(([folder, manifest]) =>
    manifest.publishConfig ? [{ folder, manifest }] : [],
  );
  const ordered: PublishedPackage[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      ({ manifest }) => !waiting.some((other) => other.manifest.name in manifest.dependencies),
    );
    if (next < 0) throw new Error('packages depend on each other in a circle');
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** Compiles a package of a clone and packs it into a folder. `before` are the packages that it may depend on, packed. */
export async function packPackage(
  clone: string,
  own: PublishedPackage,
  before: PublishedPackage[],
  out: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const stage = stageOf(clone, own.manifest);
  await mkdir(stage, { recursive: true });
  await compile(clone, own, before, env);
  for (const [from, name] of [
    [join(clone, own.folder, 'README.md'), 'README.md'],
    [join(clone, 'LICENSE'), 'LICENSE'],
  ] as const)
    await cp(from, join(stage, name));
  const source = JSON.parse(await readFile(join(clone, own.folder, 'package.json'), 'utf8'));
  const manifest = publishedManifest(source, own.manifest, before);
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await packFolder(stage, out, { cwd: stage, env });
}

/** npm packs what is in a folder, the same under any umask. */
export async function packFolder(folder: string, out: string, place: Place): Promise<void> {
  await tool('chmod', ['-R', 'u=rwX,go=rX', folder], place);
  await tool('npm', ['pack', folder, '--ignore-scripts', '--pack-destination', out], place);
}

async function compile(
  clone: string,
  { folder, manifest }: PublishedPackage,
  before: PublishedPackage[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const dist = join(stageOf(clone, manifest), 'dist');
  const config = {
    extends: './tsconfig.json',
    compilerOptions: {
      composite: false,
      incremental: false,
      tsBuildInfoFile: null,
      emitDeclarationOnly: false,
      declaration: true,
      noEmitOnError: true,
      rewriteRelativeImportExtensions: true,
      newLine: 'lf',
      rootDir: 'src',
      outDir: dist,
      paths: Object.fromEntries(before.flatMap((other) => declarationsOf(clone, other))),
    },
    include: ['src'],
    exclude: ['src/**/*.test.ts'],
    references: [],
  };
  const path = join(clone, folder, 'tsconfig.release.json');
  await writeFile(path, JSON.stringify(config));
  const tsc = join(clone, 'node_modules/typescript/bin/tsc');
  await tool(process.execPath, [tsc, '-p', path], { cwd: clone, env });
  await nameScripts(dist);
}

/** Where the compiler finds what a package that is packed already declares, by what is imported. */
function declarationsOf(clone: string, { manifest }: PublishedPackage): [string, string[]][] {
  return Object.entries(manifest.exports).map(([name, source]) => [
    join(manifest.name, name),
    [join(stageOf(clone, manifest), compiled(source, 'd.ts'))],
  ]);
}

/** The compiler leaves `.ts` in the imports of declarations, where not every editor follows it. */
async function nameScripts(dist: string): Promise<void> {
  for (const name of await filesOf(dist)) {
    if (!name.endsWith('.d.ts')) continue;
    const path = join(dist, name);
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replaceAll(/((?:from |import\(|import )(['"])\.{1,2}\/[^'"]+)\.ts\2/g, '$1.js$2'),
    );
  }
}

const compiled = (source: string, extension: string): string =>
  source.replace(/^\.\/src\/(.*)\.ts$/, `./dist/$1.${extension}`);

/** As a package's manifest is published: what is compiled, siblings of the very same version. */
export function publishedManifest(
  source: Record<string, unknown>,
  { exports, dependencies, version }: Manifest,
  siblings: PublishedPackage[],
): Record<string, unknown> {
  const { private: _, devDependencies: __, ...kept } = source;
  const own = new Set(siblings.map(({ manifest }) => manifest.name));
  return {
    ...kept,
    files: ['dist'],
    exports: Object.fromEntries(
      Object.entries(exports).map(([name, path]) => [
        name,
        { types: compiled(path, 'd.ts'), default: compiled(path, 'js') },
      ]),
    ),
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => [name, own.has(name) ? version : range]),
    ),
  };
}
