import { join } from 'node:path';
import { unpackDebianPackages } from './unpacked.ts';

/** Libraries that Debian's nginx is linked with. */
const libraries = ['libpcre2-8-0', 'libssl3', 'libcrypt1', 'zlib1g'];

/** Debian's nginx, for tests of what stands between browsers and the server. @returns the program's path. */
export async function prepareNginx(): Promise<string> {
  const dir = await unpackDebianPackages('nginx', { packages: ['nginx'], libraries });
  return join(dir, 'usr/sbin/nginx');
}
