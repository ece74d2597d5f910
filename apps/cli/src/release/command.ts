import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneRoot } from '../paths.ts';
import { buildArtefacts, cloneIn, keepArtefacts } from './build.ts';
import { type Candidate, candidateIn, tagOf } from './candidate.ts';
import { archiveOf, publishedPackages } from './packages.ts';
import { tool } from './tool.ts';
import { builtTwice } from './twice.ts';
import { usePackages } from './use.ts';

/**
 * Builds the artefacts of this clone's commit twice and, unless it is a dry run, tags the commit. Nothing is pushed or
 * published. @returns the exit code: 1 when the two builds differ.
 */
export async function release({ dryRun }: { dryRun: boolean }): Promise<number> {
  const candidate = await candidateIn(cloneRoot.replace(/\/$/, ''));
  const { version, commit } = candidate;
  process.stderr.write(`Building Tatami ${version} of commit ${commit} twice.\n`);
  const scratch = await mkdtemp(join(tmpdir(), 'tatami-release-'));
  try {
    const clones: string[] = [];
    const { artefacts, differing } = await builtTwice(scratch, (folder, env) => {
      clones.push(cloneIn(folder));
      return buildArtefacts(candidate, folder, env);
    });
    if (differing.length > 0) {
      process.stderr.write(`Two builds of one commit differ:\n${differing.join('\n')}\n`);
      return 1;
    }
    process.stderr.write('Both are the same. Using the packages ...\n');
    await usePackages(clones[0] ?? '', artefacts);
    const kept = join(cloneRoot, 'dist');
    await keepArtefacts(artefacts, kept);
    process.stdout.write(`${await readFile(join(kept, 'SHA256SUMS'), 'utf8')}\n`);
    process.stdout.write(`Two builds of ${commit} made the same; they are in ${kept}.\n`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  process.stdout.write(
    dryRun ? 'This was a dry run: nothing is tagged.\n' : await tagged(candidate),
  );
  return 0;
}

/** Tags the commit. @returns what is left to do by hand. */
async function tagged({ repository, commit, version }: Candidate): Promise<string> {
  const tag = tagOf(version);
  await tool('git', ['tag', '--annotate', '--message', `Tatami ${version}`, tag, commit], {
    cwd: repository,
  });
  const archives = publishedPackages(repository).map(({ manifest }) => archiveOf(manifest));
  return `The commit is tagged ${tag}. Left to do, in this order:

  git push origin ${tag}
${archives.map((archive) => `  npm publish dist/${archive}`).join('\n')}

and a release of the tag with the files of dist/ and the changelog's entry.
`;
}
