import { BoardEvent, type BoardSeat, LearnerRoom, type Role, Workshop } from '@tatami/protocol';
import { eventually, type startServer, type TestBrowser } from './running-server.ts';

type Server = Awaited<ReturnType<typeof startServer>>;

const hourMs = 3_600_000;

/** A workshop that is open, in the lab 01-echo, of an instructor who made it. */
export async function openWorkshop(server: Server, more: object = {}) {
  const instructor = await server.staff('instructor', 'Ms Teacher');
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const made = await instructor.call('POST', '/api/workshops', {
    ...{ title: 'Containers on Friday', labId: '01-echo', language: 'zh-CN', seats: 250 },
    ...{ opensAt: at(-hourMs), closesAt: at(hourMs), joining: 'name', weights: null },
    allowed: { hints: true, solve: true, skip: true },
    ...{ recordingsDays: 30, marksDays: 365, ...more },
  });
  const workshop = Workshop.parse(made.body);
  const path = `/api/workshops/${workshop.id}`;
  return {
    ...{ workshop, path, instructor },
    /** One more of its staff. */
    async helper(role: Role, name: string): Promise<TestBrowser> {
      const browser = await server.staff(role, name);
      const { id } = (await browser.call('GET', '/api/account')).body;
      const { status } = await instructor.call('PUT', `${path}/staff/${id}`);
      if (status !== 200) throw new Error(`${name} was not added: ${status}`);
      return browser;
    },
    async learner(name: string): Promise<TestBrowser> {
      const browser = await server.browser();
      const request = { by: 'name', name, number: null, language: 'en' };
      const { status, body } = await browser.call(
        'POST',
        `/api/join/${workshop.joinCode}`,
        request,
      );
      if (status !== 200) throw new Error(`${name} could not join: ${JSON.stringify(body)}`);
      return browser;
    },
    board: (browser: TestBrowser = instructor, query = '') =>
      LiveBoard.open(browser, `${path}/board${query}`),
  };
}

/** A board put together of what is sent. */
class LiveBoard {
  readonly events: BoardEvent[] = [];
  readonly socket;

  private constructor(socket: ReturnType<TestBrowser['socket']>) {
    this.socket = socket;
  }

  static async open(browser: TestBrowser, path: string): Promise<LiveBoard> {
    return new LiveBoard(await browser.socket(path).opened());
  }

  get seats(): BoardSeat[] {
    const seats = new Map<string, BoardSeat>();
    for (const text of this.socket.texts) {
      const event = BoardEvent.parse(text);
      if (event.type === 'board') seats.clear();
      else for (const id of event.gone) seats.delete(id);
      for (const seat of event.seats) seats.set(seat.id, seat);
    }
    return [...seats.values()];
  }

  of(name: string): BoardSeat | undefined {
    return this.seats.find((seat) => seat.name === name);
  }

  /** Waits until somebody's row is so; a board is to be a second late at most. */
  async shows(name: string, what: string, is: (seat: BoardSeat) => boolean): Promise<BoardSeat> {
    await eventually(`the board shows of ${name}: ${what}`, () => {
      const seat = this.of(name);
      return seat !== undefined && is(seat);
    });
    return this.of(name) as BoardSeat;
  }
}

/** What a learner is told of the room, newest last. */
export async function followRoom(browser: TestBrowser) {
  const socket = await browser.socket('/api/room/events').opened();
  const told = () => socket.texts.map((text) => LearnerRoom.parse(text));
  return {
    socket,
    get now(): LearnerRoom {
      return told().at(-1) as LearnerRoom;
    },
    async is(what: string, condition: (room: LearnerRoom) => boolean): Promise<LearnerRoom> {
      await eventually(`a learner is told: ${what}`, () => condition(told().at(-1) as LearnerRoom));
      return told().at(-1) as LearnerRoom;
    },
  };
}
