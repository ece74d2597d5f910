import type { Attempt, CommandBlock, LabContent, LearnerRoom } from '@tatami/protocol';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { api } from '../api.ts';
import { Content } from '../content/content.tsx';
import { commandAnchor, elementsOf, Lesson } from '../content/lesson.ts';
import { MarkMoment } from '../report/mark-moment.tsx';
import { MirrorPanel } from '../room/mirror-panel.tsx';
import type { Sent } from '../terminal/terminal-connection.ts';
import type { TerminalHandle } from '../terminal/use-terminal-stream.ts';
import { Checklist } from './checklist.tsx';
import { Debrief, debriefAnchor } from './debrief.tsx';
import { causeNamedAt, DrillBar } from './drill-bar.tsx';
import { LabChecklist } from './lab-checklist.tsx';
import { LessonHead } from './lesson-head.tsx';
import { MachineBar } from './machine-bar.tsx';
import { MachineGone } from './machine-gone.tsx';
import { StepEnds, StepNav } from './step-nav.tsx';
import { type DeckMap, TerminalDeck } from './terminal-deck.tsx';
import { useMap } from './use-map.tsx';
import { useNarrow } from './use-narrow.ts';
import { usePlace } from './use-place.ts';
import { useSolution } from './use-solution.ts';

interface Props {
  lab: string;
  content: LabContent;
  step: LabContent['steps'][number];
  attempt: Attempt;
  lost: boolean;
  busy: boolean;
  act: (action: Promise<Attempt>) => Promise<boolean>;
  /** What is to be said above the text. */
  problem: ReactNode;
  /** Of a learner who sits in a workshop. */
  room: LearnerRoom | null;
  /** A terminal of the staff is shown, until this is called. */
  mirror: { onClose: () => void } | null;
}

/** The tabs of the terminals, and what can be done with each once it is there. */
function useTerminals(attempt: Attempt) {
  const [tabs, setTabs] = useState(() => [
    ...new Set(['1', '2', ...(attempt.machine?.terminals.map(({ id }) => id) ?? [])]),
  ]);
  const [tab, setTab] = useState('1');
  const handles = useRef(new Map<string, TerminalHandle>());
  const onHandle = useCallback((id: string, handle: TerminalHandle | null) => {
    if (handle) handles.current.set(id, handle);
    else handles.current.delete(id);
  }, []);
  const show = (id: string) => {
    setTabs((old) => (old.includes(id) ? old : [...old, id].sort()));
    setTab(id);
  };
  const run = (command: CommandBlock): Sent => {
    // A pane that is hidden still would not take the keyboard.
    flushSync(() => show(command.terminal));
    const handle = handles.current.get(command.terminal);
    handle?.focus();
    return handle?.run(`${command.text.replaceAll('\n', '\r')}\r`) ?? 'dropped';
  };
  const shown = (id: string) => {
    show(id);
    return handles.current.get(id);
  };
  /** Takes a terminal back, if it is there. */
  const take = useCallback((id: string) => handles.current.get(id)?.take(), []);
  return { tabs, tab, onHandle, show, run, shown, take };
}

/** Whoever of the staff typed in a terminal does so no more: it is the learner's again at once. */
function useTakeBack(room: LearnerRoom | null, take: (id: string) => void) {
  const typed = useRef<string | null>(null);
  const now = room?.typing?.state === 'agreed' ? room.typing.terminal : null;
  useEffect(() => {
    if (typed.current !== null && typed.current !== now) take(typed.current);
    typed.current = now;
  }, [now, take]);
}

/** The machine's terminals with its bar, or how it ended. */
function MachineSide({
  lab,
  attempt: { machine, lastMachine },
  busy,
  act,
  terminals: { tabs, tab, show, onHandle },
  shells,
  onReset,
  map,
  above,
}: Pick<Props, 'lab' | 'attempt' | 'busy' | 'act'> & {
  /** What is shown above the terminals. */
  above: ReactNode;
  terminals: ReturnType<typeof useTerminals>;
  /** Names the shells: others are attached to when it changes. */
  shells: string;
  map: DeckMap;
  onReset: (scope: 'machine' | 'step') => void;
}) {
  const start = () => void act(api.start(lab));
  return (
    <div className="terminals">
      {above}
      {machine ? (
        <TerminalDeck
          {...{ lab, shells, tabs, onHandle, map }}
          current={tab}
          onTab={show}
          onStartMachine={start}
          bar={
            <MachineBar
              machine={machine}
              busy={busy}
              onExtend={() => void act(api.extend(lab))}
              onReset={onReset}
            >
              <MarkMoment lab={lab} />
            </MachineBar>
          }
        />
      ) : (
        <MachineGone lab={lab} last={lastMachine} busy={busy} onStart={start} />
      )}
    </div>
  );
}

/** Text and checklist left, terminals right. */
export function Workbench(props: Props) {
  const { lab, content, step, attempt, lost, busy, act, problem, room, mirror } = props;
  const { t, i18n } = useTranslation();
  const { lang, steps } = content;
  const narrow = useNarrow();
  const terminals = useTerminals(attempt);
  const map = useMap(lab);
  useTakeBack(room, terminals.take);
  // There it covers the terminals.
  const uncover = () => narrow && map.isOpen && map.onToggle();
  const run = (command: CommandBlock): Sent => {
    uncover();
    return terminals.run(command);
  };
  const [resets, setResets] = useState(0);
  const lesson = useRef<HTMLDivElement>(null);
  const { goNow, goLater } = usePlace(lesson, step.id, lang);
  const shells = `${attempt.machine?.generation}.${resets}`;
  // What was begun for a step ends with its shells, or when another drill begins.
  const round = `${step.id} ${attempt.drill?.openedAt}`;
  const solution = useSolution(lab, `${round} ${shells}`, terminals.shown);
  const openStep = (stepId: string) => void act(api.step(lab, stepId));
  const reset = (scope: 'machine' | 'step') =>
    // The step's reset ends the shells; their panes start again with new ones.
    void act(api.reset(lab, scope)).then((done) => done && setResets((n) => n + 1));
  const goTo = (anchor: string) => {
    if (goNow(anchor)) return;
    const other = steps.find(({ content: nodes }) =>
      elementsOf(nodes).some(({ attributes }) => attributes.id === anchor),
    );
    if (other?.status !== 'ready') return;
    goLater(anchor);
    openStep(other.id);
  };
  const locked = room?.locked ?? [];
  const opens = { steps, current: step, attempt, busy, locked, onOpen: openStep };
  const mirrored = mirror && room?.mirror && (
    <MirrorPanel
      mirror={room.mirror}
      onRun={(text) => run({ id: '', terminal: terminals.tab, text, runnable: true })}
      onClose={mirror.onClose}
    />
  );
  const namedAt = causeNamedAt(step, attempt);

  return (
    <Group className="lab" role="main" orientation={narrow ? 'vertical' : 'horizontal'}>
      <Panel minSize="25%" defaultSize="46%">
        <div className="lesson">
          <StepNav {...opens}>
            <LabChecklist {...{ content, attempt, busy }} onOpen={openStep} />
          </StepNav>
          <DrillBar {...{ step, lang, attempt }} onDebrief={() => goTo(debriefAnchor)} />
          <div className="lesson-problem">{problem}</div>
          <div className="lesson-text" ref={lesson} tabIndex={-1}>
            {lang !== i18n.language && <p className="banner">{t('onlyIn')}</p>}
            <LessonHead {...{ steps, step, lang, attempt }} />
            <p className="lesson-report">
              <a href={`/labs/${lab}/report`} data-testid="report-link">
                {t('report.open')}
              </a>
            </p>
            <article lang={lang}>
              <Lesson
                value={{
                  ...{ lab, goTo, run },
                  showOnMap: (focus) => map.show({ focus, at: null }),
                  ...{ commands: step.commands, glossary: content.glossary },
                }}
              >
                <Content key={step.id} nodes={step.content} />
              </Lesson>
            </article>
            {namedAt && (
              <Debrief {...{ lab, step, lang, namedAt, busy }} onAgain={() => reset('step')} />
            )}
            <StepEnds {...opens} />
          </div>
          <Checklist
            key={round}
            {...{ step, lang, attempt, lost }}
            solving={solution.run}
            actions={{
              answer: (checkId, answer) => api.answer(lab, checkId, answer),
              quiz: (checkId, answers) => api.quiz(lab, checkId, answers),
              solve: (checkId) => {
                uncover();
                solution.solve(checkId);
              },
              stopSolving: solution.stop,
              goOnSolving: () => {
                uncover();
                solution.goOn();
              },
              showCommand: (id) => goTo(commandAnchor(id)),
              showOnMap: (focus, at) => map.show({ focus, at }),
            }}
          />
        </div>
      </Panel>
      <Separator className="divider" aria-label={t('divider')} />
      <Panel minSize="25%">
        <MachineSide
          {...{ lab, attempt, busy, act, terminals, shells, map }}
          above={mirrored}
          onReset={reset}
        />
      </Panel>
    </Group>
  );
}
