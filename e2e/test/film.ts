import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, WebSocketRoute } from '@playwright/test';
import { changeOf, type MapEvent, MapPicture, type MapProcess } from '@tatami/protocol';
import { labId } from './lab-page.ts';

const folder = join(import.meta.dirname, '../../packages/checks/test/map-situations');

/** The picture of a situation that was recorded on a real machine. */
export function recorded(name: string): MapPicture {
  const found = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  return MapPicture.parse(found.picture);
}

/** The process at which a terminal stands in a picture. */
export function at(picture: MapPicture, terminal: string): MapProcess {
  const found = picture.processes.find(({ terminals }) => terminals.includes(terminal));
  if (!found) throw new Error(`no process stands at terminal ${terminal}`);
  return found;
}

/** The map's own page, shown what a test says in place of what a machine does. */
export class Film {
  readonly page: Page;
  #socket: WebSocketRoute;
  #picture: MapPicture;

  private constructor(page: Page, socket: WebSocketRoute, picture: MapPicture) {
    this.page = page;
    this.#socket = socket;
    this.#picture = picture;
  }

  static async open(page: Page, picture: MapPicture): Promise<Film> {
    const opened = new Promise<WebSocketRoute>((resolve) => {
      void page.routeWebSocket(/\/api\/labs\/[^/]+\/map$/, resolve);
    });
    await page.goto(`/labs/${labId}/map`);
    const film = new Film(page, await opened, picture);
    film.#send({ type: 'past', picture, changes: [] });
    await page.getByTestId('map-row').first().waitFor();
    return film;
  }

  get picture(): MapPicture {
    return structuredClone(this.#picture);
  }

  /** The next moment, a second later: the one now as `change` leaves it. */
  show(change: (picture: MapPicture) => void): void {
    const next = this.picture;
    next.seq++;
    next.at += 1000;
    change(next);
    this.#send({ type: 'change', change: changeOf(this.#picture, next) });
    this.#picture = next;
  }

  stale(): void {
    this.#send({ type: 'stale', since: this.#picture.at });
  }

  /** Until the page shows the newest moment. */
  async shown(): Promise<void> {
    await this.page.locator(`[data-testid="map"][data-seq="${this.#picture.seq}"]`).waitFor();
  }

  #send(event: MapEvent): void {
    this.#socket.send(JSON.stringify(event));
  }
}
