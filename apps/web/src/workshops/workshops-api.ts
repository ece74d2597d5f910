import {
  Account,
  JoinInfo,
  type JoinRequest,
  PinGuesses,
  Rejoin,
  RejoinAnswer,
  type RejoinRequest,
  RejoinTicket,
  type RosterEntry,
  RosterReport,
  SeatStanding,
  Session,
  Slip,
  Workshop,
  type WorkshopPlan,
} from '@tatami/protocol';
import { z } from 'zod';
import { answerOf, call } from '../api.ts';
import { noteSession } from './seat-store.ts';

const join = (code: string) => `/api/join/${encodeURIComponent(code)}`;
const workshop = (id: string) => `/api/workshops/${id}`;
const seats = z.array(SeatStanding);
const rejoins = z.array(Rejoin);
const guesses = z.array(PinGuesses);
const staff = z.array(Account);

/** The routes of workshop.ts in the protocol. */
export const workshopsApi = {
  info: (code: string) => call(JoinInfo, join(code)),
  join: (code: string, body: JoinRequest) =>
    call(Session, join(code), 'POST', body).then(noteSession),
  askToRejoin: (code: string, body: RejoinRequest) =>
    call(RejoinTicket, `${join(code)}/rejoins`, 'POST', body),
  rejoin: (ticket: RejoinTicket) => call(RejoinAnswer, '/api/rejoins', 'POST', ticket),

  all: () => call(z.array(Workshop), '/api/workshops'),
  create: (plan: WorkshopPlan) => call(Workshop, '/api/workshops', 'POST', plan),
  workshop: (id: string) => call(Workshop, workshop(id)),
  change: (id: string, plan: WorkshopPlan) => call(Workshop, workshop(id), 'PUT', plan),
  open: (id: string) => call(Workshop, `${workshop(id)}/open`, 'POST'),
  end: (id: string) => call(Workshop, `${workshop(id)}/end`, 'POST'),
  closeAt: (id: string, closesAt: string) =>
    call(Workshop, `${workshop(id)}/closing`, 'POST', { closesAt }),
  seats: (id: string) => call(seats, `${workshop(id)}/seats`),
  addSeat: (id: string, entry: RosterEntry) => call(seats, `${workshop(id)}/seats`, 'POST', entry),
  removeSeat: (id: string, seat: string) => call(seats, `${workshop(id)}/seats/${seat}`, 'DELETE'),
  restoreSeat: (id: string, seat: string) =>
    call(seats, `${workshop(id)}/seats/${seat}/restore`, 'POST'),
  roster: async (id: string, file: Blob, apply: boolean) => {
    const answer = await answerOf(`${workshop(id)}/roster?apply=${apply}`, 'POST', file);
    return RosterReport.parse(await answer.json());
  },
  slips: (id: string) => call(z.array(Slip), `${workshop(id)}/slips`),
  rejoins: (id: string) => call(rejoins, `${workshop(id)}/rejoins`),
  decide: (id: string, rejoin: string, allow: boolean) =>
    call(rejoins, `${workshop(id)}/rejoins/${rejoin}`, 'POST', { allow }),
  guesses: (id: string) => call(guesses, `${workshop(id)}/guesses`),
  staff: (id: string) => call(staff, `${workshop(id)}/staff`),
  addStaff: (id: string, account: string) => call(staff, `${workshop(id)}/staff/${account}`, 'PUT'),
  removeStaff: (id: string, account: string) =>
    call(staff, `${workshop(id)}/staff/${account}`, 'DELETE'),
};
