import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { differences } from './difference.ts';

/** Two builds differ in all that must not show in what they make; that they run one after the other does the clock. */
const conditions = [
  { folder: 'one', umask: 0o022, env: { TZ: 'UTC', LC_ALL: 'C' } },
  { folder: 'the-other/one', umask: 0o077, env: { TZ: 'Asia/Tokyo', LC_ALL: 'C.UTF-8' } },
];

/** Makes artefacts in a scratch folder. @returns the folder that has them. */
export type Build = (scratch: string, env: NodeJS.ProcessEnv) => Promise<string>;

/** Builds twice. @returns the artefacts of the first build, and which the second made otherwise. */
export async function builtTwice(
  scratch: string,
  build: Build,
): Promise<{ artefacts: string; differing: string[] }> {
  const [artefacts = '', other = ''] = [
    await builtUnder(conditions[0], scratch, build),
    await builtUnder(conditions[1], scratch, build),
  ];
  return { artefacts, differing: await differences(artefacts, other) };
}

async function builtUnder(
  condition: (typeof conditions)[number] | undefined,
  scratch: string,
  build: Build,
): Promise<string> {
  if (!condition) throw new Error('no condition');
  const folder = join(scratch, condition.folder);
  await mkdir(folder, { recursive: true });
  const before = process.umask(condition.umask);
  try {
    return await build(folder, { ...outsideNpm(), ...condition.env });
  } finally {
    process.umask(before);
  }
}

/** What `npm run` tells its scripts would lead another npm to this clone. */
function outsideNpm(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|TATAMI_)/.test(name),
  );
  return { ...Object.fromEntries(kept), npm_config_update_notifier: 'false' };
}
