import { spawn } from 'node:child_process';

/** A host command's outcome; expected failures are the caller's to judge. */
export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

const usualBytes = 64 * 1024;

/**
 * Runs a host program and waits for its end; output beyond 64 KiB a stream, unless told, is dropped.
 * One that takes too long is killed, after `beforeKill` has ended what it cannot take with it.
 */
export function runCommand(
  file: string,
  args: string[],
  options: {
    input?: string;
    timeoutMs?: number;
    keptBytes?: number;
    beforeKill?: (pid: number) => Promise<void>;
  } = {},
): Promise<CommandResult> {
  const { keptBytes = usualBytes } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < keptBytes) stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < keptBytes) stderr += text;
    });
    let ending = Promise.resolve();
    const timer = setTimeout(() => {
      const begun = child.pid ? options.beforeKill?.(child.pid) : undefined;
      ending = (begun ?? ending).finally(() => child.kill('SIGKILL'));
      ending.catch(reject);
    }, options.timeoutMs ?? 30_000);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      const status = code ?? 128 + (signal ? 9 : 0);
      const finish = () => ending.then(() => resolve({ status, stdout, stderr }), reject);
      // What it left running may hold the pipes open for ever; what it wrote itself is there by then.
      const grace = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, 200);
      child.once('close', () => {
        clearTimeout(grace);
        finish();
      });
    });
    // A program that ends without reading its input closes the pipe under us: its status tells why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** As {@link runCommand}. @throws with the command's own message unless it exits 0. */
export async function mustRun(
  file: string,
  args: string[],
  options: { input?: string; timeoutMs?: number } = {},
): Promise<string> {
  const result = await runCommand(file, args, options);
  if (result.status !== 0) {
    throw new Error(
      `${file} ${args[0] ?? ''}: exit ${result.status}: ${result.stderr.trim().slice(-600)}`,
    );
  }
  return result.stdout;
}
