import {
  AuditEntry,
  type HandRequest,
  type MessageRequest,
  RoomSummary,
  SeatInRoom,
} from '@tatami/protocol';
import { z } from 'zod';
import { answerOf, call } from '../api.ts';

const workshop = (id: string) => `/api/workshops/${encodeURIComponent(id)}`;
const send = async (method: string, path: string, body?: unknown): Promise<void> => {
  await answerOf(path, method, body);
};

/** The routes of room.ts that staff use. */
export const roomApi = {
  tell: (id: string, message: MessageRequest) => send('POST', `${workshop(id)}/messages`, message),
  lock: (id: string, stepId: string, locked: boolean) =>
    send('PUT', `${workshop(id)}/locks`, { stepId, locked }),
  time: (id: string, minutes: number, label: string) =>
    send('PUT', `${workshop(id)}/timer`, { minutes, label }),
  stopTimer: (id: string) => send('DELETE', `${workshop(id)}/timer`),
  mirror: (id: string, terminal: string) => send('PUT', `${workshop(id)}/mirror`, { terminal }),
  endMirror: (id: string) => send('DELETE', `${workshop(id)}/mirror`),
  hand: (id: string, hand: number, act: HandRequest['act']) =>
    send('PUT', `${workshop(id)}/hands/${hand}`, { act }),
  askToType: (id: string, seat: string, terminal: string) =>
    send('PUT', `${workshop(id)}/seats/${seat}/typing`, { terminal }),
  endTyping: (id: string, seat: string) => send('DELETE', `${workshop(id)}/seats/${seat}/typing`),
  audit: (id: string) => call(z.array(AuditEntry), `${workshop(id)}/audit`),
  summary: (id: string) => call(RoomSummary, `${workshop(id)}/summary`),
};

/** Those that a learner uses. */
export const seatApi = {
  room: () => call(SeatInRoom, '/api/room'),
  raise: (about: string) => send('PUT', '/api/room/hand', { about }),
  lower: () => send('DELETE', '/api/room/hand'),
  answerTyping: (consent: number, agree: boolean) =>
    send('PUT', `/api/room/typing/${consent}`, { agree }),
  endTyping: () => send('DELETE', '/api/room/typing'),
  audit: () => call(z.array(AuditEntry), '/api/room/audit'),
};
