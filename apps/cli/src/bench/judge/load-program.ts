import { spawn } from 'node:child_process';
import { insideRoot, type Sandbox } from '@tatami/sandbox';

export const loadProgram = 'tatami-load';
/** The fork, the exec and the exit. */
export const recordsPerCommand = 3;
/** Over what the load itself takes: an overloaded machine makes up for what is late. */
const patienceMs = 60_000;

/** How much each sandbox shall execute. */
export interface Load {
  commands: number;
  intervalMs: number;
}

/**
 * Executes a load in all sandboxes at once, their commands spread evenly. `onReady` runs once all wait for
 * the word to begin. @returns how many commands each of them says it executed.
 */
export async function executeLoad(
  sandboxes: Sandbox[],
  load: Load,
  onReady: () => Promise<void> | void = () => undefined,
): Promise<number[]> {
  const programs = sandboxes.map(
    (sandbox, index) => new LoadProgram(sandbox, load, index / sandboxes.length),
  );
  const kill = () => {
    for (const program of programs) program.kill();
  };
  const timer = setTimeout(kill, load.commands * load.intervalMs + patienceMs);
  try {
    await Promise.all(programs.map(({ ready }) => ready));
    await onReady();
    for (const program of programs) program.begin();
    return await Promise.all(programs.map(({ executed }) => executed));
  } finally {
    clearTimeout(timer);
    kill();
  }
}

/** One that runs inside a sandbox (native/load.c). */
class LoadProgram {
  readonly ready: Promise<void>;
  readonly executed: Promise<number>;
  readonly begin: () => void;
  readonly kill: () => void;

  /** @param phase share of the interval that it begins later. */
  constructor(sandbox: Sandbox, { commands, intervalMs }: Load, phase: number) {
    const intervalUs = intervalMs * 1000;
    const numbers = [commands, intervalUs, intervalUs * phase];
    const { file, args } = sandbox.enterCommand(
      [`/usr/local/bin/${loadProgram}`, ...numbers.map((value) => String(Math.round(value)))],
      { user: insideRoot, tty: false },
    );
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    // What ends early says so by its output.
    child.stdin.on('error', () => undefined);
    this.begin = () => child.stdin.write('\n');
    this.kill = () => child.kill('SIGKILL');
    let output = '';
    let waits: () => void = () => undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('ready\n')) waits();
    });
    this.executed = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => {
        const executed = output.match(/executed (\d+)\n/)?.[1];
        if (executed === undefined) reject(new Error('a load program ended before its work'));
        else resolve(Number(executed));
      });
    });
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    this.ready = Promise.race([waiting, this.executed.then(() => undefined)]);
  }
}
