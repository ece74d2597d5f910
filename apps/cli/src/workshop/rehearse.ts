import { type Lab, type LabStep, loadLabs } from '@tatami/lab-format/loader';
import { maxSeats } from '@tatami/protocol';
import { say } from '../bench/targets.ts';
import { installDebianPackages, requireRoot, runtimePackages } from '../prepare/debian.ts';
import { limitOf } from '../rehearsal/room/host-load.ts';
import { largest } from '../rehearsal/room/largest.ts';
import { type LessonPlan, playLesson } from '../rehearsal/room/lesson-room.ts';
import { faultsOf, type PlayedLesson } from '../rehearsal/room/played-lesson.ts';
import { UserError } from '../user-error.ts';

/** Ten times as fast as people are. */
const thinkMs = () => 1_500 + Math.random() * 3_000;
/** How near the answer comes: an eighth of what was asked for. */
const grains = 8;

/**
 * Plays a whole lesson with so many learners on this machine, and says whether that fits.
 * @returns the exit code: 0 when it does, else 1. @throws UserError when it could not be played.
 */
export async function workshopRehearse(options: {
  seats: number;
  lab: string;
  labsDir: string;
}): Promise<number> {
  requireRoot();
  const { seats, labsDir } = options;
  if (seats > maxSeats) throw new UserError(`a workshop has ${maxSeats} seats at most.`);
  const lab = await chooseLab(options.lab, labsDir);
  await installDebianPackages(runtimePackages);
  const steps = lab.stepIds.flatMap((id) => playable(lab.step(id)));
  const rushes = new Set(steps.map(({ id }) => id));
  const { fit, above } = await findFit({ lab, labsDir, steps, rushes, thinkMs }, seats).catch(
    (cause: Error) => {
      throw new UserError(`the room could not be played: ${cause.message}`, { cause });
    },
  );
  process.stdout.write(above ? `fits ${fit}; the limit is ${limitOf(above.load)}\n` : 'fits\n');
  return above ? 1 : 0;
}

/** By its id or by what that begins with: `03`. @throws UserError */
async function chooseLab(name: string, labsDir: string): Promise<Lab> {
  const { labs } = await loadLabs(labsDir);
  const found = labs.filter(({ id }) => id === name || id.startsWith(`${name}-`));
  const [lab] = found;
  if (!lab || found.length > 1)
    throw new UserError(`there is no one lesson ${name} in ${labsDir}.`);
  if (lab.status !== 'ready') throw new UserError(`lesson ${lab.id} is only planned.`);
  return lab;
}

/** Nobody is told how a drill is solved. */
const playable = (step: LabStep | undefined): LabStep[] =>
  step?.status === 'ready' && !step.drill ? [step] : [];

async function findFit(
  plan: LessonPlan,
  seats: number,
): Promise<{ fit: number; above: PlayedLesson | undefined }> {
  const failed: PlayedLesson[] = [];
  const fits = async (count: number) => {
    say(`Playing ${plan.lab.id} with ${count} learners ...`);
    const played = await playLesson(plan, count);
    const faults = faultsOf(played);
    say(`${count} learners: ${faults.length === 0 ? 'all went well' : faults.join('; ')}`);
    if (faults.length > 0) failed.push(played);
    return faults.length === 0;
  };
  const grain = Math.max(1, Math.floor(seats / grains));
  const fit = await largest(fits, { first: seats, grain, most: seats });
  const above = failed.sort((a, b) => a.seats - b.seats)[0];
  return { fit, above };
}
