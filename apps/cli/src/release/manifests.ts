import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const licence = 'Apache-2.0';

const LockedPackage = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
});
/** What is read of package-lock.json. */
export const Lock = z.object({ packages: z.record(z.string(), LockedPackage) });
export type Lock = z.infer<typeof Lock>;

/** What is read of a workspace's package.json. */
export const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  private: z.boolean().default(false),
  /** There for packages that are released as npm packages. */
  publishConfig: z.object({ access: z.literal('public') }).optional(),
  exports: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});
export type Manifest = z.infer<typeof Manifest>;

/** Parses a JSON file. */
export const readJson = <T>(path: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readFileSync(path, 'utf8')));

export const readLock = (root: string): Lock => readJson(join(root, 'package-lock.json'), Lock);

/** The version of a clone. */
export const versionOf = (root: string): string =>
  readJson(join(root, 'package.json'), z.object({ version: z.string() })).version;

/** The manifests of a clone's workspaces by folder, its root's under ''. */
export function manifestsOf(root: string): Map<string, Manifest> {
  const folders = Object.keys(readLock(root).packages).filter(
    (path) => !/node_modules\//.test(path),
  );
  return new Map(
    folders.map((folder) => [folder, readJson(join(root, folder, 'package.json'), Manifest)]),
  );
}

/** What keeps the manifests and the lock file of a clone from being one version that can be released. */
export function manifestFaults(root: string): string[] {
  const version = versionOf(root);
  const lock = readLock(root);
  const manifests = manifestsOf(root);
  const stated = /version = '([^']*)'/.exec(
    readFileSync(join(root, 'packages/protocol/src/version.ts'), 'utf8'),
  )?.[1];
  return [
    ...(stated === version
      ? []
      : [`packages/protocol/src/version.ts says ${stated}, not ${version}`]),
    ...[...manifests].flatMap(([folder, manifest]) =>
      faultsOf(manifest, version, manifests).map(
        (fault) => `${join(folder, 'package.json')} ${fault}`,
      ),
    ),
    ...[...manifests.keys()]
      .filter((folder) => lock.packages[folder]?.version !== version)
      .map((folder) => `package-lock.json has ${folder || 'the root'} not at version ${version}`),
    ...Object.entries(lock.packages)
      .filter(([, { link, resolved }]) => !link && resolved !== undefined)
      .map(([path, { resolved }]) => `package-lock.json fetches ${path} from ${resolved}`),
  ];
}

function faultsOf(manifest: Manifest, version: string, all: Map<string, Manifest>): string[] {
  const faults: string[] = [];
  if (manifest.version !== version) faults.push(`has version ${manifest.version}, not ${version}`);
  if (manifest.license !== licence) faults.push(`has licence ${manifest.license}, not ${licence}`);
  if (!manifest.private) faults.push('is not private: npm could publish it as it is');
  const siblings = [...all.values()].filter(({ name }) => name in manifest.dependencies);
  for (const { name, publishConfig } of manifest.publishConfig ? siblings : [])
    if (!publishConfig) faults.push(`is for others and depends on ${name}, which is not`);
  return faults;
}
