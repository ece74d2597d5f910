import type { CommandBlock, LabContent } from '@tatami/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { api } from '../api.ts';
import { Content, Lesson } from '../content/content.tsx';
import { ErrorText } from '../error-text.tsx';
import { TerminalPane } from '../terminal/terminal-pane.tsx';
import { Checklist } from './checklist.tsx';
import { useAttempt } from './use-attempt.ts';

/** One lab: text and checklist left, terminals right. */
export function LabPage({ lab }: { lab: string }) {
  const { t, i18n } = useTranslation();
  const { attempt, notice, error, setError, act } = useAttempt(lab);
  const [content, setContent] = useState<LabContent | null>(null);
  const [tabs, setTabs] = useState(['1', '2']);
  const [tab, setTab] = useState('1');
  const [asked, setAsked] = useState<'machine' | 'step' | null>(null);
  const [now, setNow] = useState(Date.now());
  const senders = useRef(new Map<string, (text: string) => boolean>());
  const dialog = useRef<HTMLDialogElement>(null);
  const ready = attempt !== null;
  useEffect(() => {
    if (ready) api.lab(lab, i18n.language).then(setContent, setError);
  }, [lab, i18n.language, ready, setError]);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (asked) dialog.current?.showModal();
  }, [asked]);
  const onSender = useCallback((id: string, send: ((text: string) => boolean) | null) => {
    if (send) senders.current.set(id, send);
    else senders.current.delete(id);
  }, []);
  const step = content?.steps.find((one) => one.id === attempt?.stepId);
  if (!attempt || !content || !step)
    return (
      <main className="catalogue">
        {error ? <ErrorText error={error} /> : <p>{t('loading')}</p>}
      </main>
    );

  const { machine, lastMachine } = attempt;
  const start = () => act(api.start(lab));
  const run = (command: CommandBlock) => {
    const id = command.terminal;
    setTabs((old) => (old.includes(id) ? old : [...old, id].sort()));
    setTab(id);
    return senders.current.get(id)?.(`${command.text.split('\n').join('\r')}\r`) ?? false;
  };
  const left =
    machine &&
    Math.max(
      0,
      Math.ceil(
        (Math.min(Date.parse(machine.idleDeadline), Date.parse(machine.absoluteDeadline)) - now) /
          60_000,
      ),
    );
  const passed = new Set(attempt.passed.map((one) => one.checkId));
  const shown = machine ? tabs : (lastMachine?.screens ?? []);
  const current = shown.includes(tab) ? tab : shown[0];
  const narrow = matchMedia('(max-width: 760px)').matches;
  return (
    <Group className="lab" orientation={narrow ? 'vertical' : 'horizontal'}>
      <Panel minSize="25%" className="lesson">
        <nav aria-label={t('steps')} className="row">
          {content.steps.map((one, index) => (
            <button
              key={one.id}
              type="button"
              className="quiet"
              title={one.title}
              disabled={one.status === 'planned'}
              aria-current={one.id === step.id ? 'step' : undefined}
              data-testid={`step-nav-${one.id}`}
              onClick={() => void act(api.step(lab, one.id))}
            >
              {index}{' '}
              {one.checklist.length > 0 &&
                `${one.checklist.filter((c) => passed.has(c.checkId)).length}/${one.checklist.length}`}
            </button>
          ))}
        </nav>
        <ErrorText error={error} />
        {notice?.type === 'warning' && (
          <p role="alert" className="banner">
            {t('warning', { n: notice.minutesLeft })}
          </p>
        )}
        {notice?.type === 'runner-lost' && (
          <p role="alert" className="banner">
            {t('runnerLost')}
          </p>
        )}
        <article lang={content.lang}>
          <h1>{step.title}</h1>
          <Lesson value={{ commands: step.commands, glossary: content.glossary, run }}>
            <Content key={step.id} nodes={step.content} />
          </Lesson>
        </article>
        <Checklist step={step} attempt={attempt} />
      </Panel>
      <Separator className="divider" />
      <Panel minSize="25%" className="terminals">
        <div className="row bar">
          {shown.map((id) => (
            <button
              key={id}
              type="button"
              className="quiet"
              aria-pressed={id === current}
              data-testid={`terminal-tab-${id}`}
              onClick={() => setTab(id)}
            >
              {t('terminal', { id })}
            </button>
          ))}
          {machine && tabs.length < 9 && (
            <button
              type="button"
              className="quiet"
              aria-label={t('addTerminal')}
              onClick={() => {
                const id = String(
                  [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => !tabs.includes(String(n))),
                );
                setTabs([...tabs, id].sort());
                setTab(id);
              }}
            >
              +
            </button>
          )}
          {machine && (
            <>
              <span data-testid="time-left">{t('timeLeft', { n: left })}</span>
              <button
                type="button"
                className="quiet"
                data-testid="extend"
                disabled={!machine.extendable}
                onClick={() => void act(api.extend(lab))}
              >
                {t('extend')}
              </button>
              <button
                type="button"
                className="quiet"
                data-testid="reset-step"
                onClick={() => setAsked('step')}
              >
                {t('resetStep')}
              </button>
              <button
                type="button"
                className="quiet"
                data-testid="reset-machine"
                onClick={() => setAsked('machine')}
              >
                {t('resetMachine')}
              </button>
            </>
          )}
        </div>
        {!machine && (
          <div className="callout">
            <p>
              {lastMachine ? `${t('kept')} (${t(`closed.${lastMachine.reason}`)})` : t('noMachine')}
            </p>
            <button type="button" data-testid="start-machine" onClick={() => void start()}>
              {t('startMachine')}
            </button>
          </div>
        )}
        {shown.map((id) => (
          <TerminalPane
            key={`${machine?.generation ?? 'old'}-${id}`}
            lab={lab}
            id={id}
            live={machine !== null}
            visible={id === current}
            onSender={onSender}
            onStart={() => void start()}
          />
        ))}
      </Panel>
      <dialog ref={dialog} onClose={() => setAsked(null)}>
        <h2>{t(asked === 'step' ? 'resetStep' : 'resetMachine')}</h2>
        <p>{t('resetText')}</p>
        <div className="row">
          <button
            type="button"
            data-testid="confirm"
            onClick={() => {
              if (asked) void act(api.reset(lab, asked));
              dialog.current?.close();
            }}
          >
            {t('confirm')}
          </button>
          <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
            {t('cancel')}
          </button>
        </div>
      </dialog>
    </Group>
  );
}
