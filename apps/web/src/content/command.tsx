import { useContext, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copy } from '../copy.ts';
import { commandAnchor, Lesson } from './lesson.ts';

/** A second click within this time is a double click, not a second wish. */
const runPauseMs = 1000;

/** A command block: to copy, and to run in its terminal unless it is to be typed by hand. */
export function Command({ id }: { id: string }) {
  const { t } = useTranslation();
  const { commands, run } = useContext(Lesson);
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState('');
  const command = commands.find((one) => one.id === id);
  if (!command) return null;
  const onRun = () => {
    if (busy) return;
    setBusy(true);
    setTimeout(() => setBusy(false), runPauseMs);
    setNote(t(`run.${run(command)}`));
  };
  const where = t('terminal', { id: command.terminal });
  return (
    <div
      id={commandAnchor(id)}
      className="command"
      data-terminal={command.terminal}
      data-testid={`command-${id}`}
      tabIndex={-1}
    >
      <pre>
        <code>{command.text}</code>
      </pre>
      <div className="command-end">
        <small>{where}</small>
        <button
          type="button"
          className="quiet"
          aria-label={t('copyThis', { command: command.text })}
          data-testid={`copy-${id}`}
          onClick={() =>
            void copy(command.text).then((done) => setNote(t(done ? 'copied' : 'notCopied')))
          }
        >
          {t('copy')}
        </button>
        {command.runnable && (
          <button
            type="button"
            // One that is disabled would hand the second click, and with it the keyboard, to the block behind it.
            aria-disabled={busy}
            onMouseDown={(event) => busy && event.preventDefault()}
            aria-label={t('runThis', { command: command.text, where })}
            data-testid={`run-${id}`}
            onClick={onRun}
          >
            {t('run')}
          </button>
        )}
      </div>
      <small role="status" className="note">
        {note}
      </small>
    </div>
  );
}
