import { type Figure, say } from '../targets.ts';
import { Line } from './line.ts';
import { median, rounds } from './rounds.ts';
import { type Stand, streamPath } from './stand.ts';
import { StreamClient } from './stream-client.ts';

/** Of the screen that has to be back. */
const screenful = 'seq 1000001 1000020';
const lastLine = /1000020\r\n.*[$#] /;
const patienceMs = 10_000;

/**
 * How long a page that is opened anew takes to show the whole screen of a terminal, by how long a new terminal of a
 * ready machine takes to its first prompt. The terminal's output is long since more than is kept.
 */
export async function measureReconnects(stand: Stand): Promise<Figure> {
  const { learner } = await stand.newLearner();
  const line = await Line.toShell(StreamClient.connect(learner.stream(1)));
  await line.run(`cat ${streamPath}`);
  await line.run(screenful);
  line.close();
  const firsts: number[] = [];
  const reconnects: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const fresh = await Line.toShell(StreamClient.connect(learner.stream(2 + round)));
    firsts.push(performance.now() - began);
    fresh.close();
    reconnects.push(await wholeScreenMs(learner.stream(1)));
  }
  await learner.end();
  const ratios = reconnects.map((ms, round) => ms / (firsts[round] as number));
  say(
    `first prompt ${median(firsts).toFixed(1)} ms, whole screen on reconnect ${median(reconnects).toFixed(1)} ms`,
  );
  return { measured: median(ratios), n: ratios.length };
}

/** @throws when what was on the screen is not on it again. */
function wholeScreenMs(stream: { url: string; headers: Record<string, string> }): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the screen does not come back')), patienceMs);
    const shown: string[] = [];
    let liveOffset = Number.POSITIVE_INFINITY;
    const look = () => {
      if (client.offset < liveOffset) return;
      const ms = performance.now() - began;
      clearTimeout(timer);
      client.close();
      if (lastLine.test(shown.join(''))) resolve(ms);
      else reject(new Error('the screen that comes back is another'));
    };
    const client: StreamClient = new StreamClient(
      {
        ...stream,
        onHello: (hello) => {
          liveOffset = hello.liveOffset;
          shown.push(hello.snapshot ?? '');
          look();
        },
      },
      (bytes) => {
        shown.push(bytes.toString());
        look();
      },
      reject,
    );
  });
}
