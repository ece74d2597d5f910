import type { IncidentDraft, IncidentEvent, RecordingIndex } from '@tatami/protocol';

/** What a terminal showed at a moment. */
export interface Screen {
  terminal: string;
  /** Null: nothing is kept of it. */
  lines: string[] | null;
  /** There was more above. */
  isCut: boolean;
  /** Where it can be replayed: which of the recordings, and up to which offset. */
  replay: { recording: number; offset: number } | null;
}

/** An event as the report tells it. */
export interface ToldEvent extends IncidentEvent {
  /** Its author says it in other words than were recorded. */
  isReworded?: boolean;
}

/** An event with what proves it. */
export interface Exhibit {
  event: ToldEvent;
  screens: Screen[];
}

/** Recorded output that goes into the file; what is left out is a gap of its index. */
export interface Recorded {
  terminal: string;
  index: RecordingIndex;
  /** What is there, in order; `offset` is the first byte's of each. */
  pieces: { offset: number; bytes: Buffer }[];
  isPart: boolean;
}

/** All that an incident report says. */
export interface Incident {
  /** 32 random hexadecimal digits. */
  number: string;
  issuedAt: string;
  lesson: string;
  /** The step that it is about; null: all of the lesson. */
  step: string | null;
  draft: IncidentDraft;
  /** In order, without those that are left out. */
  events: ToldEvent[];
  exhibits: Exhibit[];
  recordings: Recorded[];
  /** Where the public key can be had, if that is known. */
  keyUrl: string | null;
}
