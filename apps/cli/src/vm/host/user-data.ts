import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { cloneRoot } from '../../paths.ts';

/** Optional blocks of packaging/cloud-init/user-data.yaml, by the mark before their lines. */
export const blocks = ['tls', 'disk'] as const;

/** The user-data with optional blocks taken in, as an operator does. */
export function userData(taken: readonly (typeof blocks)[number][] = []): string {
  const text = readFileSync(join(cloneRoot, 'packaging/cloud-init/user-data.yaml'), 'utf8');
  return taken.reduce((rest, mark) => rest.replaceAll(`#${mark} `, ''), text);
}

/** What an operator fills in. */
export interface Filled {
  releaseUrl: string;
  releaseSha256: string;
  /** Lines of /etc/tatami/tatami.env. */
  settings: Record<string, string>;
}

/** Fills in user-data. @throws when it has no place for something. */
export function fillIn(text: string, { releaseUrl, releaseSha256, settings }: Filled): string {
  const indent = '      ';
  const lines = Object.entries(settings).map(([name, value]) => `${indent}${name}=${value}\n`);
  return [
    [/^( *release_url=).*$/m, `$1${releaseUrl}`],
    [/^( *release_sha256=).*$/m, `$1${releaseSha256}`],
    [/^ *TATAMI_SEATS=.*\n/m, lines.join('')],
  ].reduce((rest, [place, value]) => {
    if (!(place as RegExp).test(rest)) throw new Error(`user-data has no line ${place}`);
    return rest.replace(place as RegExp, value as string);
  }, text);
}

const Files = z.looseObject({
  write_files: z.array(z.looseObject({ path: z.string(), content: z.string() })),
});

/** What user-data writes to a file. */
export function contentOf(text: string, path: string): string {
  const file = Files.parse(parse(text)).write_files.find((one) => one.path === path);
  if (!file) throw new Error(`user-data writes no ${path}`);
  return file.content;
}

/** The script that it runs. */
export const scriptOf = (text: string): string =>
  contentOf(text, '/usr/local/sbin/tatami-provision');
