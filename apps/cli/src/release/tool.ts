import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const keptBytes = 64 * 1024 * 1024;

/** Where and with what a program runs. */
export interface Place {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and gives what it prints. @throws with its own message unless it exits 0. */
export async function tool(file: string, args: string[], place: Place): Promise<string> {
  const options = { maxBuffer: keptBytes, ...place };
  const { stdout } = await promisify(execFile)(file, args, options).catch((cause) => {
    const said = `${cause.stdout ?? ''}${cause.stderr ?? ''}`.trim().slice(-2000);
    throw new Error(`${file} ${args[0] ?? ''} failed: ${said || cause.message}`, { cause });
  });
  return stdout;
}
