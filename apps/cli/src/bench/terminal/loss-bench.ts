import type { Figure } from '../targets.ts';
import { say } from '../targets.ts';
import { Line } from './line.ts';
import { Received } from './received.ts';
import { type Stand, streamPath } from './stand.ts';
import { StreamClient } from './stream-client.ts';
import type { Connect } from './wire.ts';

/** Of the stream: 64 MiB. */
const copies = 4;
/** Shares of the bytes after which the connection is cut, under full flood. */
const cuts = [1 / 3, 2 / 3];

/** Prints 64 MiB on one terminal, cuts the connection meanwhile, and counts what is not as it was sent. */
export async function measureLoss(stand: Stand): Promise<Figure> {
  const { learner } = await stand.newLearner();
  const expected = Buffer.concat(Array.from({ length: copies }, () => stand.shown));
  const received = new Received(expected);
  let client: StreamClient | undefined;
  const connect =
    (from?: number): Connect =>
    async (receive, ended) => {
      const onHello = ({ offset }: { offset: number }) => {
        if (from !== undefined && offset !== from)
          say(`asked to go on from ${from}, the terminal goes on from ${offset}`);
      };
      const opened = StreamClient.connect({ ...learner.stream(1), from, onHello });
      client = (await opened(receive, ended)) as StreamClient;
      return client;
    };
  const line = await Line.toShell(connect());
  const left = cuts.map((share) => share * expected.length);
  await line.between(`cat${` ${streamPath}`.repeat(copies)}`, (bytes) => {
    received.push(bytes);
    if (received.size < (left[0] ?? Number.POSITIVE_INFINITY)) return;
    left.shift();
    line.reopen(connect(client?.offset)).catch((error: Error) => line.fail(error));
  });
  if (left.length > 0) throw new Error('the connection was not cut as often as it should be');
  line.close();
  await learner.end();
  return { measured: received.lost(), n: received.size };
}
