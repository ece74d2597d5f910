import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import type { SolutionRun } from './use-solution.ts';

interface Props {
  /** Of this item. */
  run: SolutionRun | null;
  /** Nothing can be typed now, or another solution is. */
  blocked: boolean;
  onSolve: () => void;
  onStop: () => void;
  onGoOn: () => void;
}

/** Has the solution typed, after asking, for the item is marked as assisted. */
export function Solve({ run, blocked, onSolve, onStop, onGoOn }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  if (run && !run.end) return <Typing run={run} onStop={onStop} />;
  const left = (run?.solution?.lines.length ?? 0) - (run?.typed.count ?? 0);
  return (
    <div className="solve">
      {run && <Ended run={run} />}
      {asking ? (
        <Asked
          blocked={blocked}
          onConfirm={() => {
            setAsking(false);
            onSolve();
          }}
          onCancel={() => setAsking(false)}
        />
      ) : (
        <>
          {run?.end && run.end.name !== 'done' && run.solution && (
            <p>
              <button type="button" disabled={blocked} data-testid="solve-go-on" onClick={onGoOn}>
                {t('solve.goOn', { n: left })}
              </button>
            </p>
          )}
          <button
            type="button"
            className="link"
            disabled={blocked}
            data-testid="solve"
            onClick={() => setAsking(true)}
          >
            {t('solve')}
          </button>
        </>
      )}
    </div>
  );
}

function Asked({
  blocked,
  onConfirm,
  onCancel,
}: {
  blocked: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => confirm.current?.focus(), []);
  return (
    <fieldset className="banner" onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <legend>{t('solve')}</legend>
      <p>{t('solve.ask')}</p>
      <p className="row">
        <button
          ref={confirm}
          type="button"
          disabled={blocked}
          data-testid="solve-confirm"
          onClick={onConfirm}
        >
          {t('solve.confirm')}
        </button>
        <button type="button" className="quiet" onClick={onCancel}>
          {t('cancel')}
        </button>
      </p>
    </fieldset>
  );
}

function Typing({ run: { solution, typed }, onStop }: { run: SolutionRun; onStop: () => void }) {
  const { t } = useTranslation();
  const stop = useRef<HTMLButtonElement>(null);
  useEffect(() => stop.current?.focus(), []);
  const total = solution?.lines.length ?? 0;
  return (
    <p className="row solve">
      <button ref={stop} type="button" className="quiet" data-testid="solve-stop" onClick={onStop}>
        {t('solve.stop')}
      </button>
      <small role="status">{t('solve.typing', { n: typed.count, total })}</small>
    </p>
  );
}

/** Why the typing ended, and which lines were not typed. */
function Ended({ run: { end, solution, typed } }: { run: SolutionRun }) {
  const { t } = useTranslation();
  if (!end) return null;
  if (end.name === 'failed') return <ErrorText error={end.error} />;
  const where = 'terminal' in end ? t('terminal', { id: end.terminal }) : '';
  const lines = solution?.lines ?? [];
  const { count } = typed;
  const said = end.name === 'done' && solution?.answer ? 'answer' : end.name;
  return (
    <div role="status" data-testid="solve-end" data-end={end.name}>
      <p>{t(`solveEnd.${said}`, { where, n: count, total: lines.length })}</p>
      {end.name !== 'done' && count < lines.length && (
        <ol start={count + 1}>
          {lines.slice(count).map(({ terminal, text }, index) => (
            <li key={index}>
              <code>{text}</code> <small>{t('terminal', { id: terminal })}</small>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
