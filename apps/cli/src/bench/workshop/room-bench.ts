import { setTimeout as delay } from 'node:timers/promises';
import type { LabStep } from '@tatami/lab-format/loader';
import { readMemory } from '../../rehearsal/room/host-load.ts';
import type { Participant } from '../../rehearsal/room/participant.ts';
import { playStep } from '../../rehearsal/room/play-step.ts';
import { RehearsedRoom } from '../../rehearsal/room/rehearsed-room.ts';
import { quantile, say } from '../targets.ts';
import { residentMiB } from '../terminal/processes.ts';
import { measureBoardCost } from './board-cost.ts';
import type { Lesson } from './lesson.ts';
import type { WorkshopFigures } from './workshop-targets.ts';

const stepId = '01-unshare';
/** Eight times as fast as the lesson plans for: a command every ten seconds. */
const thinkMs = () => 5_000 + Math.random() * 10_000;
/** Heaps and pages are at rest. */
const settleMs = 5_000;
const awayMs = 5_000;
const returnWithinMs = 20_000;
/** Who comes back on another machine, by the personal code. */
const elsewhereEvery = 10;

/** Two hundred join, work through a step, lose their network and return. */
export async function measureRoom(lesson: Lesson, seats: number): Promise<WorkshopFigures> {
  const { lab, labsDir } = lesson;
  const step = lesson.step(stepId);
  await using room = await RehearsedRoom.open({ lab, labsDir, seats });
  const { tally } = room;
  await delay(settleMs);
  const before = await usedMiB();
  await room.join(seats);
  const cost = await workWithBoard(room, lesson, step);
  await delay(settleMs);
  const perLearner = ((await usedMiB()) - before) / seats;
  await loseNetwork(room);
  const stayed = room.size;
  await room.end();
  for (const words of tally.words) say(`  ${words}`);
  const p95 = (values: number[]) => ({ measured: quantile(values, 0.95), n: values.length });
  return {
    seats: { measured: stayed, n: seats },
    errors: { measured: tally.errors, n: seats },
    refusedJoins: { measured: tally.refusedJoins, n: seats },
    joinToPromptP95Ms: p95(tally.joinToPromptMs),
    keystrokeP95Ms: p95(tally.keystrokeMs),
    boardDelayP95Ms: p95(tally.boardDelayMs),
    boardCpuCores: { measured: cost.cores, n: cost.seconds },
    hostMiBPerLearner: { measured: perLearner, n: seats },
    lostPasses: { measured: tally.lostPasses, n: seats * step.checkIds.length },
  };
}

async function workWithBoard(room: RehearsedRoom, { lab }: Lesson, step: LabStep) {
  say(`${room.size} learners work through ${step.id} ...`);
  const think = () => delay(thinkMs());
  let isOver = false;
  const working = room
    .each(async (learner) => {
      await think();
      await learner.openStep(step.id);
      await playStep(learner, { lab, step, tally: room.tally, think });
    })
    .finally(() => {
      isOver = true;
    });
  const cost = await measureBoardCost(room, () => isOver);
  await working;
  return cost;
}

/** Everybody's connections are cut in the same moment; each finds the shell that was left. */
async function loseNetwork(room: RehearsedRoom): Promise<void> {
  say(`${room.size} learners lose their network and return ...`);
  await room.each((learner) => inShell(learner, `seat='${learner.name}'`).then(() => undefined));
  await room.each(async (learner, n) => {
    learner.cut();
    await delay(awayMs + Math.random() * returnWithinMs);
    await learner.comeBack(n % elsewhereEvery === 0);
    const shown = await inShell(learner, 'echo "[$seat]"');
    if (!shown.includes(`[${learner.name}]`))
      throw new Error(`it is another shell after the return: ${JSON.stringify(shown)}`);
  });
}

const inShell = async (learner: Participant, line: string): Promise<string> =>
  (await learner.type('1', [line])).shown;

/** Of the host, without what this bench itself takes. */
async function usedMiB(): Promise<number> {
  const { total, available } = await readMemory();
  return total - available - (await residentMiB([process.pid]));
}
