import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Candidate } from './candidate.ts';
import { packPackage, publishedPackages } from './packages.ts';
import { billOfMaterials } from './sbom.ts';
import { archiveSources, filesOf, sourceFaults, unpack } from './sources.ts';
import { tool } from './tool.ts';

/** Where a build unpacks its own archive of the sources. */
export const cloneIn = (scratch: string): string => join(scratch, 'clone');

/**
 * Builds all artefacts of a candidate in a scratch folder, the packages from what the archive of the sources unpacks to.
 * @returns the folder that has them. @throws when the archive is not the commit or does not run.
 */
export async function buildArtefacts(
  candidate: Candidate,
  scratch: string,
  conditions: NodeJS.ProcessEnv,
): Promise<string> {
  const { version, epochS } = candidate;
  const env = { ...conditions, SOURCE_DATE_EPOCH: String(epochS) };
  const out = join(scratch, 'artefacts');
  const clone = cloneIn(scratch);
  await mkdir(out, { recursive: true });
  say('  archiving the sources ...');
  const sources = join(out, `tatami-${version}.tgz`);
  await archiveSources(candidate, sources);
  await unpack(sources, clone);
  const faults = await sourceFaults(candidate, clone);
  if (faults.length > 0)
    throw new Error(`the archive is not the commit:\n${faults.slice(0, 20).join('\n')}`);
  say('  installing the npm packages of its lock file and starting `tatami --help` ...');
  const launcher = join(clone, 'apps/cli/bin/tatami.mjs');
  await tool(process.execPath, [launcher, '--help'], { cwd: clone, env });
  const packages = publishedPackages(clone);
  for (const [n, own] of packages.entries()) {
    say(`  compiling and packing ${own.manifest.name} ...`);
    await packPackage(clone, own, packages.slice(0, n), out, env);
  }
  await writeFile(
    join(out, `tatami-${version}.cdx.json`),
    await billOfMaterials(clone, epochS, env),
  );
  await writeFile(join(out, 'SHA256SUMS'), await sums(out));
  return out;
}

/** Puts artefacts where they are kept, in place of earlier ones. */
export async function keepArtefacts(artefacts: string, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o755 });
  await cp(artefacts, dir, { recursive: true });
}

/** As sha256sum prints and checks them. */
async function sums(folder: string): Promise<string> {
  let text = '';
  for (const name of await filesOf(folder)) {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    text += `${hash.digest('hex')}  ${name}\n`;
  }
  return text;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
