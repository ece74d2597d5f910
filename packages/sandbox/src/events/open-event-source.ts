import type { CgroupHost } from '../cgroups.ts';
import { buildEventPrograms, type EventPrograms } from './build-event-programs.ts';
import { EventProgram } from './event-program.ts';
import type { EventSource } from './event-source.ts';

/** What a sandbox may send for ever: a busy learner sends some ten a second. */
const recordsPerSecond = 1_000;
/** And at once: five hundred commands in a loop are 1,500 records in a third of a second. */
const burstRecords = 4_000;
/**
 * Two processors that do nothing but fork make 12,000 records a second of half a KiB (facts of one
 * machine): it holds three seconds of that, or the whole bursts of eight sandboxes, while the reader
 * does not come to read. Must be a power of two.
 */
const ringBytes = 16 * 1024 * 1024;

export interface EventSourceOptions {
  cgroups: CgroupHost;
  /** `tatami-native`, for the fallback. */
  nativeBin: string;
  /** Built already, or where to build and keep them; a bundled program must pass its own C sources. */
  programs: EventPrograms | { cacheDir: string; sources?: string };
  /** Rate limit of one sandbox. */
  recordsPerSecond?: number;
  burstRecords?: number;
  /** Try these only, in order. */
  kinds?: ('bpf' | 'connector')[];
}

/** Opens the best source that works here; its `detail` says why not a better one. */
export async function openEventSource(options: EventSourceOptions): Promise<EventSource> {
  const failures: string[] = [];
  for (const kind of options.kinds ?? (['bpf', 'connector'] as const)) {
    try {
      return await open[kind](options, failures.map((text) => ` (${text})`).join(''));
    } catch (error) {
      failures.push(reason(error));
    }
  }
  return {
    kind: 'none',
    detail: `checks of what was done cannot be decided: ${failures.join('; ')}`,
    watch: () => () => undefined,
    close: async () => undefined,
  };
}

const open = {
  async bpf(options: EventSourceOptions, _why: string): Promise<EventSource> {
    if (!options.cgroups.unified) throw new Error('there is no unified cgroup tree');
    const { loader, object } =
      'loader' in options.programs
        ? options.programs
        : await buildEventPrograms(options.programs.cacheDir, options.programs.sources);
    const command = [loader, object, ...rateLimit(options), String(ringBytes)];
    return EventProgram.start('bpf', 'programs in the kernel (BPF), on tracepoints', command);
  },

  async connector(options: EventSourceOptions, why: string): Promise<EventSource> {
    const detail =
      'the fallback, the process connector (netlink): what ends before it was looked at is lost, and ' +
      `calls that fail are not seen${why}`;
    return EventProgram.start('connector', detail, [
      options.nativeBin,
      'connector',
      ...rateLimit(options),
    ]);
  },
};

function rateLimit(options: EventSourceOptions): string[] {
  return [options.recordsPerSecond ?? recordsPerSecond, options.burstRecords ?? burstRecords].map(
    String,
  );
}

/** The innermost cause in one line: a compiler's first words say more than that it failed. */
function reason(error: unknown): string {
  const { cause, message, stderr } = error as Error & { stderr?: string };
  if (cause) return `${message}: ${reason(cause)}`;
  return (stderr || message).trim().split('\n')[0] ?? '';
}
