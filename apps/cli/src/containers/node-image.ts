import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from '@tatami/sandbox';
import { debianSources } from '../prepare/image.ts';
import { UserError } from '../user-error.ts';
import type { Engine } from './engine.ts';

/** The image that the Dockerfile's FROM names: there is no registry here to take it from. */
const tag = 'node:22-bookworm-slim';
/** Beside Debian's minimum, what a Node.js that was not built for Debian 12 is linked with. */
const packages = ['libstdc++6', 'libatomic1', 'ca-certificates'];
const buildTimeoutMs = 300_000;

/** Gives the engine that image, of Debian 12 and this very Node.js with its npm, unless it has it. */
export async function importNodeImage(engine: Engine, scratchDir: string): Promise<void> {
  const recipe = createHash('sha256')
    .update([process.version, ...packages].join())
    .digest('hex');
  const known = await engine
    .docker(['image', 'inspect', '--format', '{{.Config.Labels.recipe}}', tag])
    .catch(() => '');
  if (known.trim() === recipe) return;
  process.stderr.write(`Making the image ${tag} of Debian 12 and Node.js ${process.version} ...\n`);
  const dir = await mkdtemp(join(scratchDir, 'node-image-'));
  try {
    const root = join(dir, 'root');
    await makeRoot(root, join(dir, 'sources.list'));
    const archive = join(dir, 'root.tar');
    await mustRun('tar', ['--create', '--numeric-owner', `--file=${archive}`, '-C', root, '.'], {
      timeoutMs: buildTimeoutMs,
    });
    // Behind a proxy that shows certificates of its own, npm must know them there too.
    const trusts = process.env.NODE_EXTRA_CA_CERTS
      ? [`ENV NODE_EXTRA_CA_CERTS=${certificates}`]
      : [];
    const changes = [`LABEL recipe=${recipe}`, 'CMD ["node"]', ...trusts];
    const options = changes.flatMap((change) => ['--change', change]);
    await engine.docker(['import', ...options, archive, tag], { timeoutMs: buildTimeoutMs });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const certificates = '/etc/ssl/certs/ca-certificates.crt';

async function makeRoot(root: string, sources: string): Promise<void> {
  await writeFile(sources, await debianSources());
  await mustRun(
    'mmdebstrap',
    [
      ...['--mode=root', '--variant=minbase', `--include=${packages.join(',')}`],
      ...['--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'],
      ...['bookworm', root, sources],
    ],
    { timeoutMs: buildTimeoutMs },
  );
  const { NODE_EXTRA_CA_CERTS: extra } = process.env;
  if (extra) await copyFile(extra, join(root, certificates));
  await mkdir(join(root, 'usr/local/lib/node_modules'), { recursive: true });
  await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
  await chmod(join(root, 'usr/local/bin/node'), 0o755);
  await cp(await npmFolder(), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, 'usr/local/bin', name));
}

/** Of the npm that belongs to this Node.js. */
async function npmFolder(): Promise<string> {
  const folder = join(dirname(await realpath(process.execPath)), '../lib/node_modules/npm');
  if (!existsSync(folder)) throw new UserError(`there is no npm at ${folder}, beside Node.js.`);
  return folder;
}
