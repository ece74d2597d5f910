import { applied, MapEvent, type MapPicture } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { WebSocket } from 'ws';
import type { startRunner } from './running-runner.ts';

/** Follows a machine's map as a browser does. */
export class MapClient {
  readonly events: MapEvent[] = [];
  /** When each event came, ms since the epoch. */
  readonly times: number[] = [];
  /** Every picture so far, oldest first. */
  readonly pictures: MapPicture[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;

  constructor(runner: Awaited<ReturnType<typeof startRunner>>, id: string) {
    const { TATAMI_RUNNER_SOCKET } = runner.config;
    this.socket = new WebSocket(`ws+unix:${TATAMI_RUNNER_SOCKET}:/sandboxes/${id}/map`);
    this.socket.on('message', (data: Buffer) => {
      this.times.push(Date.now());
      this.#take(MapEvent.parse(JSON.parse(data.toString())));
    });
    this.socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  get picture(): MapPicture {
    const picture = this.pictures.at(-1);
    if (!picture) throw new Error('there is no picture yet');
    return picture;
  }

  /** Polls until a picture has come of which this holds. */
  shows(what: string, holds: (picture: MapPicture) => boolean): Promise<void> {
    return until(() => this.pictures.length > 0 && holds(this.picture), {
      what: `the map shows ${what}`,
      timeoutMs: 15_000,
    });
  }

  /** The picture that stands once nothing has changed for a while: prompts run programs too. */
  async still(): Promise<MapPicture> {
    let [seen, since] = [this.picture, Date.now()];
    const isStill = () => {
      if (seen !== this.picture) [seen, since] = [this.picture, Date.now()];
      return Date.now() - since > 700;
    };
    await until(isStill, { what: 'the map stands still', timeoutMs: 10_000 });
    return seen;
  }

  #take(event: MapEvent): void {
    this.events.push(event);
    if (event.type === 'past') this.pictures.push(event.picture);
    const changes = { past: [], stale: [], ...('changes' in event ? { past: event.changes } : {}) };
    for (const change of event.type === 'change' ? [event.change] : changes.past)
      this.pictures.push(applied(this.picture, change));
  }
}
