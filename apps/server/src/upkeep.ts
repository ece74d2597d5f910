import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultOf, readSources, type SettingName } from '@tatami/config';
import { checkArchive } from './upkeep/archive-reader.ts';
import { backup } from './upkeep/backup.ts';
import { isInUse, snapshot } from './upkeep/database.ts';
import type { Manifest } from './upkeep/manifest.ts';
import { Refusal } from './upkeep/refusal.ts';
import { restore } from './upkeep/restore.ts';

const help = `Usage: upkeep.mjs COMMAND

  backup FILE|FOLDER [--over]    write all that is durable into one archive, while everything runs
  restore FILE [--over]          put it back, while nothing runs; --over moves what is there aside
  restore FILE --check           only say whether the archive is as it was made

  --data FOLDER   progress and recordings (else TATAMI_DATA, as environment and settings file say)
  --run FOLDER    where the runner's socket is (else TATAMI_RUN)
  --owner USER    whose the server's files become (else tatami)

Exit codes: 0 done; 1 the archive is not as it was made; 2 refused, and everything is as it was.
`;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stopping.abort(new Refusal('stopped; everything is as it was')));

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const about = ({ createdAt, version, schema, files }: Manifest): string =>
  `${files.length} files of ${createdAt}, by Tatami ${version} (schema ${schema})`;

/** As the services find it; what else is wrong with the settings keeps nobody from a backup. */
const setting = (name: SettingName): string =>
  readSources(process.env).given.get(name)?.text ?? String(defaultOf(name));

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string', default: setting('TATAMI_DATA') },
      run: { type: 'string', default: setting('TATAMI_RUN') },
      over: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      owner: { type: 'string', default: 'tatami' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(help);
  const place = { dataDir: resolve(values.data), runDir: resolve(values.run) };
  const [command = '', file, ...more] = positionals;
  if (command === 'snapshot' && file && more[0])
    return say(JSON.stringify(snapshot(file, more[0])));
  if (command === 'in-use' && file) return say(isInUse(file) ? 'yes' : 'no');
  if (file === undefined || more.length > 0) throw new Refusal(`give one file; ${help}`);
  const path = resolve(file);
  const { over } = values;
  if (command === 'backup') {
    const { signal } = stopping;
    const made = await backup({ ...place, target: path, over, signal });
    say(`${made.path}: ${about(made.manifest)}, ${made.bytes} bytes`);
  } else if (command === 'restore' && values.check) {
    say(`${path}: ${about(await checkArchive(path))}`);
  } else if (command === 'restore') {
    const { manifest, kept } = await restore({
      ...place,
      archive: path,
      over,
      owner: ownerOf(values.owner),
    });
    say(`${place.dataDir}: ${about(manifest)}${kept ? `; what was there is in ${kept}` : ''}`);
  } else throw new Refusal(`there is no command "${command}"; ${help}`);
}

/** Only root can give files away. */
function ownerOf(user: string): { uid: number; gid: number } | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  try {
    const number = (option: string) =>
      Number(execFileSync('id', [option, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: number('-u'), gid: number('-g') };
  } catch (cause) {
    throw new Refusal(
      `there is no user ${user}, whose the server's files would become: name one by --owner`,
      'refused',
      { cause },
    );
  }
}

try {
  await run();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const isUsage = code?.startsWith('ERR_PARSE_ARGS') ?? false;
  if (!(error instanceof Refusal || isUsage || code)) throw error;
  process.stderr.write(`tatami: ${message}\n`);
  process.exitCode = error instanceof Refusal ? error.exitCode : 2;
}
