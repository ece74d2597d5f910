import { chmod, chown, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file beside its place and moves it there: who reads it never sees half. */
export async function putFile(
  path: string,
  text: string,
  { mode = 0o644, gid = 0 }: { mode?: number; gid?: number } = {},
): Promise<void> {
  const beside = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(beside, text, { mode: 0o600, flag: 'wx' });
  await chown(beside, 0, gid);
  await chmod(beside, mode);
  await rename(beside, path);
}

/** Makes or turns a symbolic link, in one step. */
export async function putLink(path: string, target: string): Promise<void> {
  const beside = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, beside);
  await rename(beside, path);
}
