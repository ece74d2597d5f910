import type { Attempt, CommandBlock, LabContent } from '@tatami/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { api } from '../api.ts';
import { Content, Lesson } from '../content/content.tsx';
import { ErrorText } from '../error-text.tsx';
import type { Sent } from '../terminal/terminal-connection.ts';
import type { TerminalHandle } from '../terminal/terminal-pane.tsx';
import { Checklist } from './checklist.tsx';
import { MachineBar } from './machine-bar.tsx';
import { MachineGone } from './machine-gone.tsx';
import { StepEnds, StepNav } from './step-nav.tsx';
import { TerminalDeck } from './terminal-deck.tsx';
import { useAttempt } from './use-attempt.ts';
import { useNarrow } from './use-narrow.ts';

/** One lab: text and checklist left, terminals right. */
export default function LabPage({ lab }: { lab: string }) {
  const { t, i18n } = useTranslation();
  const { attempt, lost, error, setError, busy, act } = useAttempt(lab);
  const [content, setContent] = useState<LabContent | null>(null);
  const ready = attempt !== null;
  useEffect(() => {
    if (ready) api.lab(lab, i18n.language).then(setContent, setError);
  }, [lab, i18n.language, ready, setError]);
  useEffect(() => {
    if (content) document.title = `${content.title} · Tatami`;
  }, [content]);

  // Whoever opens a lab wants its machine; one that ended is only started again when asked for.
  const fresh = attempt?.machine === null && attempt.lastMachine === null && !lost;
  const wanted = fresh && content?.status === 'ready';
  const started = useRef(false);
  useEffect(() => {
    if (!wanted || started.current) return;
    started.current = true;
    void act(api.start(lab));
  }, [wanted, act, lab]);

  const step = content?.steps.find((one) => one.id === attempt?.stepId);
  if (!attempt || !content || !step)
    return (
      <main className="page">
        {error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>}
        {content && !step && <p>{t('planned')}</p>}
        <a href="/">{t('toCatalogue')}</a>
      </main>
    );
  const problem = (
    <>
      {lost && (
        <p role="alert" className="banner" data-testid="lost">
          {t(`lost.${lost}`)}
        </p>
      )}
      <ErrorText error={error} />
    </>
  );
  return (
    <Workbench {...{ lab, content, step, attempt, lost: lost !== null, busy, act, problem }} />
  );
}

interface WorkbenchProps {
  lab: string;
  content: LabContent;
  step: LabContent['steps'][number];
  attempt: Attempt;
  lost: boolean;
  busy: boolean;
  act: (action: Promise<Attempt>) => Promise<boolean>;
  problem: React.ReactNode;
}

function Workbench({ lab, content, step, attempt, lost, busy, act, problem }: WorkbenchProps) {
  const { t, i18n } = useTranslation();
  const narrow = useNarrow();
  const { machine } = attempt;
  const [tabs, setTabs] = useState(() => [
    ...new Set(['1', '2', ...(machine?.terminals.map(({ id }) => id) ?? [])]),
  ]);
  const [tab, setTab] = useState('1');
  const [resets, setResets] = useState(0);
  const handles = useRef(new Map<string, TerminalHandle>());
  const lesson = useRef<HTMLDivElement>(null);
  const onHandle = useCallback((id: string, handle: TerminalHandle | null) => {
    if (handle) handles.current.set(id, handle);
    else handles.current.delete(id);
  }, []);
  const show = (id: string) => {
    setTabs((old) => (old.includes(id) ? old : [...old, id].sort()));
    setTab(id);
  };
  const run = (command: CommandBlock): Sent => {
    show(command.terminal);
    const handle = handles.current.get(command.terminal);
    handle?.focus();
    return handle?.run(`${command.text.replaceAll('\n', '\r')}\r`) ?? 'dropped';
  };
  const start = () => void act(api.start(lab));
  const openStep = (stepId: string) =>
    void act(api.step(lab, stepId)).then((done) => done && lesson.current?.scrollTo({ top: 0 }));
  const reset = (scope: 'machine' | 'step') =>
    // The step's reset ends the shells; their panes start again with new ones.
    void act(api.reset(lab, scope)).then((done) => done && setResets((n) => n + 1));

  return (
    <Group className="lab" orientation={narrow ? 'vertical' : 'horizontal'}>
      <Panel minSize="25%" defaultSize="46%">
        <div className="lesson">
          <StepNav
            steps={content.steps}
            current={step}
            passed={attempt.passed}
            busy={busy}
            onOpen={openStep}
          />
          <div className="lesson-text" ref={lesson} tabIndex={-1}>
            {problem}
            {content.lang !== i18n.language && <p className="banner">{t('onlyIn')}</p>}
            <article lang={content.lang}>
              <h1>{step.title}</h1>
              <Lesson value={{ commands: step.commands, glossary: content.glossary, run }}>
                <Content key={step.id} nodes={step.content} />
              </Lesson>
            </article>
            <StepEnds steps={content.steps} current={step} busy={busy} onOpen={openStep} />
          </div>
          <Checklist
            key={step.id}
            step={step}
            attempt={attempt}
            lost={lost}
            // The answer's own effect comes as events, in order with the verdicts on it.
            onAnswer={(checkId, answer) => api.answer(lab, checkId, answer)}
          />
        </div>
      </Panel>
      <Separator className="divider" aria-label={t('divider')} />
      <Panel minSize="25%">
        <div className="terminals">
          {machine ? (
            <TerminalDeck
              lab={lab}
              shells={`${machine.generation}.${resets}`}
              tabs={tabs}
              current={tab}
              onTab={show}
              onHandle={onHandle}
              onStartMachine={start}
              bar={
                <MachineBar
                  machine={machine}
                  busy={busy}
                  onExtend={() => void act(api.extend(lab))}
                  onReset={reset}
                />
              }
            />
          ) : (
            <MachineGone lab={lab} last={attempt.lastMachine} busy={busy} onStart={start} />
          )}
        </div>
      </Panel>
    </Group>
  );
}
