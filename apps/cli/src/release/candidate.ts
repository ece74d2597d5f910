import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { entryOf } from './changelog.ts';
import { manifestFaults, versionOf } from './manifests.ts';
import { tool } from './tool.ts';

/** A commit that may be released. */
export interface Candidate {
  repository: string;
  commit: string;
  version: string;
  /** When it was committed, in seconds: all times in its artefacts. */
  epochS: number;
}

/** The name of a version's tag. */
export const tagOf = (version: string): string => `v${version}`;

/** What stands in a repository's folder, to be released. @throws UserError saying why it must not be. */
export async function candidateIn(repository: string): Promise<Candidate> {
  const git = (...args: string[]) => tool('git', args, { cwd: repository });
  const top = await git('rev-parse', '--show-toplevel').catch((cause) => {
    throw new UserError(`a release is made from a clone with git: ${cause.message}`, { cause });
  });
  if (top.trim() !== repository)
    throw new UserError(`a release is made from a clone of its own, and this is part of ${top}`);
  const changes = (await git('status', '--porcelain')).trimEnd().split('\n').filter(Boolean);
  if (changes.length > 0)
    throw new UserError(
      `no commit holds ${changes.length} of the changes here; commit or remove them:\n${changes.join('\n')}`,
    );
  const version = versionOf(repository);
  const faults = manifestFaults(repository);
  if (faults.length > 0) throw new UserError(`this is not one version:\n${faults.join('\n')}`);
  if (!entryOf(readFileSync(join(repository, 'CHANGELOG.md'), 'utf8'), version))
    throw new UserError(
      `CHANGELOG.md says nothing of version ${version}; give it an entry under "## [${version}] - YYYY-MM-DD".`,
    );
  if (await git('tag', '--list', tagOf(version)))
    throw new UserError(
      `version ${version} is released: the tag ${tagOf(version)} exists. Choose the next version (docs/releasing.md).`,
    );
  const commit = (await git('rev-parse', 'HEAD')).trim();
  const epochS = Number(await git('show', '--no-patch', '--format=%ct', commit));
  return { repository, commit, version, epochS };
}
