import type { Answer } from '@tatami/protocol';

/** What a terminal showed for a command of the lesson, by the command's id. */
type Shown = (commandId: string) => string;

/** How a learner works through a step with faults. */
export interface Troubleshooter {
  /** Commands whose output is all that the answer needs, in their order. */
  reads: string[];
  conclude: (shown: Shown) => Answer;
  /** What shows beside the checks that the service is well again. */
  well?: { command: string; shows: RegExp };
}

function capture(text: string, pattern: RegExp): string {
  const found = text.match(pattern)?.[1];
  if (found === undefined) throw new Error(`${pattern} is not in ${JSON.stringify(text)}`);
  return found;
}

/** How a learner finds what was drawn, by the step: from the output of the lesson's own commands alone. */
export const troubleshooters: Record<string, Troubleshooter> = {
  '04-nsenter-debug': {
    reads: ['pid', 'name-files', 'name-host', 'route', 'strace'],
    conclude: whyNotConnected,
  },
  '05-production': {
    reads: ['pid', 'state', 'threads', 'sockets'],
    conclude: whyHung,
    well: { command: 'ask', shows: /^ok/m },
  },
};

function whyNotConnected(shown: Shown): Answer {
  const dials = [
    ...shown('strace').matchAll(
      /connect\(.*?sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)\}, 16\) += (.*)/g,
    ),
  ].map(([, port = '', address = '', outcome = '']) => ({ port, address, outcome }));
  const dial = dials.find(({ port }) => port !== '53');
  if (!dial) return { cause: 'name', value: capture(shown('name-files'), /^nameserver (\S+)/m) };
  const rejected = shown('route').match(/^(?:unreachable|prohibit|blackhole) (\S+)/m);
  if (rejected?.[1]) return { cause: 'route', value: rejected[1] };
  if (dial.outcome.includes('ECONNREFUSED')) return { cause: 'port', value: dial.port };
  const right = capture(shown('name-host'), /^([\d.]+)$/m);
  return { cause: dial.address === right ? 'filter' : 'address', value: dial.address };
}

function whyHung(shown: Shown): Answer {
  const state = capture(shown('state'), /^State:\s+(\S)/m);
  if (state === 'T') return { cause: 'frozen', value: state };
  const workers = [...shown('threads').matchAll(/^\s*\d+ \S+\s+(\S+)\s+worker-\d/gm)];
  if (workers.length === 2 && workers.every(([, wchan]) => wchan?.startsWith('futex')))
    return { cause: 'lock', value: 'futex' };
  return { cause: 'read', value: capture(shown('sockets'), /ESTAB.*?\s([\d.]+:9000)/) };
}
