import { setTimeout as delay } from 'node:timers/promises';
import type { Lab, LabStep } from '@tatami/lab-format/loader';
import { quantile, say } from '../../bench/targets.ts';
import { readMemory, watchHost } from './host-load.ts';
import { playStep } from './play-step.ts';
import type { PlayedLesson } from './played-lesson.ts';
import { RehearsedRoom } from './rehearsed-room.ts';

/** In which everybody enters a step that the instructor has just opened. */
const rushMs = 30_000;

export interface LessonPlan {
  lab: Lab;
  labsDir: string;
  steps: LabStep[];
  /** Steps that nobody enters before everybody is there, and then all do within half a minute. */
  rushes: ReadonlySet<string>;
  thinkMs: () => number;
}

/** Has so many learners join a workshop and work through steps of its lesson, the board followed meanwhile. */
export async function playLesson(plan: LessonPlan, seats: number): Promise<PlayedLesson> {
  const { lab, labsDir } = plan;
  await using room = await RehearsedRoom.open({ lab, labsDir, seats });
  const { tally } = room;
  const { available } = await readMemory();
  const { value: finished, load } = await watchHost(async () => {
    await room.join(seats);
    for (const steps of groupsOf(plan)) await playGroup(room, plan, steps);
    const size = room.size;
    await room.end();
    return size;
  });
  const containers = [...tally.containerStartMs.values()].map((times) => quantile(times, 0.95));
  const figures = {
    joinToPromptP95Ms: quantile(tally.joinToPromptMs, 0.95),
    keystrokeP95Ms: quantile(tally.keystrokeMs, 0.95),
    boardDelayP95Ms: quantile(tally.boardDelayMs, 0.95),
    containerStartP95Ms: Math.max(0, ...containers),
  };
  for (const words of tally.words) say(`  ${words}`);
  for (const [by, times] of tally.containerStartMs)
    say(`  ${by}: median ${quantile(times, 0.5).toFixed(0)} ms, of ${times.length}`);
  const mebibytesPerLearner = (available - load.leastAvailableMiB) / seats;
  return { seats, finished, tally, figures, load, mebibytesPerLearner };
}

/** A step that all enter at once begins a group; within one everybody goes on as they like. */
function groupsOf({ steps, rushes }: LessonPlan): LabStep[][] {
  const groups: LabStep[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    if (last && !rushes.has(step.id)) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

function playGroup(room: RehearsedRoom, plan: LessonPlan, steps: LabStep[]): Promise<void> {
  const { lab, rushes, thinkMs } = plan;
  const { tally, size } = room;
  say(`${size} learners work through ${steps.map(({ id }) => id).join(', ')} ...`);
  const think = () => delay(thinkMs());
  return room.each(async (learner, n) => {
    for (const step of steps) {
      const isRush = rushes.has(step.id);
      await delay(isRush ? (n / size) * rushMs : thinkMs());
      const tookMs = await learner.openStep(step.id);
      if (isRush) tally.containerStarted(`${step.id}, entered`, tookMs);
      await playStep(learner, { lab, step, tally, think });
    }
  });
}
